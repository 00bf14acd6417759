"""A suite with one rule that is sound."""

GOOD = """
suite: XX-01
rules:
  - id: XX-01.not_negative
    layer: row
    severity: error
    fields: [value]
    expectation: expect_column_values_to_be_between
    kwargs: {column: value, min_value: 0}
    reason_vi: Số liệu không được âm.
    reason_en: The figure cannot be negative.
    action_vi: Sửa số liệu rồi nộp lại.
"""
