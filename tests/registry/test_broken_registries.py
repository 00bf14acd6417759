"""One small registry, broken in one place at a time: the report names that place and the broken rule."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpi_reporting.errors import Problem, RegistryError
from kpi_reporting.registry import load_registry
from kpi_reporting.registry.models import FILES

SMALL = Path(__file__).parent / "small"


@dataclass(frozen=True)
class Fault:
    """``old`` becomes ``new`` in a file; the problem stands at ``row`` and ``column`` and breaks ``rule``."""

    name: str
    file: str
    old: str
    new: str
    row: int
    column: str
    rule: str
    reported_in: str = ""


FAULTS = [
    # the files themselves
    Fault("unknown_column", "units", "unit_type,", "unit_tipe,", 1, "unit_tipe", "unknown_column"),
    Fault("missing_column", "units", ",name_vi,", ",name_en_2,", 1, "name_vi", "missing_column"),
    Fault("column_twice", "breakdowns", "_vi,name_en", "_vi,name_vi", 1, "name_vi", "column_twice"),
    Fault("cell_too_many", "breakdowns", "Tổng số,Total", "Tổng số,Total,more", 2, "", "cells"),
    Fault("cell_too_few", "breakdowns", "Tổng số,Total", "Tổng số", 2, "", "cells"),
    Fault("open_quote", "breakdowns", "Tổng số,Total", '"Tổng số,Total', 2, "", "csv"),
    # single cells
    Fault("empty_required_cell", "kpis", "Trực tuyến,Online", ",Online", 2, "name_vi", "required"),
    Fault("day_of_other_order", "holidays", "2025-01-01", "01/01/2025", 2, "day", "value"),
    Fault("day_that_does_not_exist", "holidays", "2025-01-01", "2025-02-30", 2, "day", "value"),
    Fault("day_as_number", "holidays", "2025-01-01", "1735689600", 2, "day", "value"),
    Fault("flag_as_word", "kpis", "20,,,true", "20,,,yes", 3, "confirmed", "value"),
    Fault("unknown_kind", "units", "100,commune,Phường", "100,hamlet,Phường", 5, "kind", "value"),
    Fault("count_as_text", "forms", "A-01,1,", "A-01,one,", 2, "form_version", "value"),
    Fault("share_above_one", "unit_events", "0.4", "1.4", 3, "share", "value"),
    Fault("not_a_number", "targets", ">=,75", ">=,NaN", 2, "threshold", "value"),
    Fault("change_of_nothing", "kpis", "10,,,true", "10,0,,true", 2, "material_change", "value"),
    # keys, references, dates, settings
    Fault("key_twice", "kpis", "K2,Dữ", "K1,Dữ", 3, "kpi_code", "unique_key"),
    Fault("regime_unknown", "forms", ",1,economy,", ",1,nothing,", 3, "regime_code", "reference"),
    Fault("ends_before_it_begins", "units", "2025-06-30,,true\n2", "2023-06-30,,true\n2", 3, "valid_to", "dates"),
    Fault("setting_missing", "settings", "working_days,mon-fri,,true\n", "", 0, "setting", "setting"),
    Fault("setting_misspelt", "settings", "first_year", "frist_year", 9, "setting", "setting"),
    Fault("setting_malformed", "settings", "code,small", "code,Small Town", 2, "value", "setting"),
    Fault("years_turned_round", "settings", "last_year,2025", "last_year,2023", 10, "value", "setting"),
    Fault("measured_calendar_unknown", "settings", "calendar,administrative", "calendar,lunar", 12, "value", "reference"),
    # units
    Fault("unit_id_of_other_day", "units", "300@2025-07-01", "300@2025-07-02", 6, "unit_id", "unit_id"),
    Fault("code_means_two_units", "units", "2025-06-30,,true\n2", ",,true\n2", 5, "valid_from", "overlap"),
    Fault("parent_ends_early", "units", "2024-01-01,,,true\n1", "2024-01-01,2025-01-31,,true\n1", 3, "parent_id", "parent"),
    Fault("parent_turns_round", "units", "Nhỏ,,,2024", "Nhỏ,,01@2024-01-01,2024", 2, "parent_id", "cycle"),
    Fault("close_with_successor", "unit_events", "merge,", "close,", 2, "to_unit_id", "event"),
    Fault("split_without_successor", "unit_events", "300@2025-07-01,0.6", ",0.6", 4, "to_unit_id", "event"),
    Fault("event_on_other_day", "unit_events", "merge-100,2025-07-01", "merge-100,2025-07-02", 2, "from_unit_id", "event"),
    Fault("shares_above_whole", "unit_events", "0.6", "0.7", 4, "share", "shares"),
    Fault("split_with_one_share", "unit_events", "300@2025-07-01,0.6", "300@2025-07-01,", 4, "share", "shares"),
    Fault("unknown_share_as_a_fact", "unit_events", "100@2025-07-01,1,,true", "100@2025-07-01,,,true", 2, "share", "shares"),
    Fault("merge_of_a_part", "unit_events", "100@2025-07-01,1,", "100@2025-07-01,0.9,", 2, "share", "shares"),
    Fault("move_of_a_part", "unit_events", "merge,100@2024-01-01,100@2025-07-01,1,", "move,100@2024-01-01,100@2025-07-01,0.9,", 2, "share", "shares"),
    Fault("create_with_share", "unit_events", "merge,100@2024-01-01,", "create,,", 2, "share", "shares"),
    Fault("merge_without_predecessor", "unit_events", "merge,100@2024-01-01,", "merge,,", 2, "from_unit_id", "event"),
    Fault("end_before_the_event", "units", "100@2024-01-01,100,commune,Xã,Xã Hoà Bình,,01@2024-01-01,2024-01-01,2025-06-30",
          "100@2024-01-01,100,commune,Xã,Xã Hoà Bình,,01@2024-01-01,2024-01-01,2025-05-31", 2, "from_unit_id", "event", "unit_events"),
    Fault("beginning_after_the_event", "units", "300@2025-07-01,300,commune,Xã,Xã Đông Tiến,,01@2024-01-01,2025-07-01",
          "300@2025-07-01,300,commune,Xã,Xã Đông Tiến,,01@2024-01-01,2025-07-15", 4, "to_unit_id", "event", "unit_events"),
    Fault("unit_becomes_itself_again", "unit_events", "split-200,2025-07-01,split,200@2024-01-01,300@2025-07-01,0.6,,true",
          "split-200,2025-07-01,split,200@2024-01-01,300@2025-07-01,0.6,,true\nback,2025-07-01,merge,100@2025-07-01,100@2024-01-01,1,,true",
          2, "from_unit_id", "cycle"),
    Fault("end_without_event", "unit_events", "merge-100,2025-07-01,merge,100@2024-01-01,100@2025-07-01,1,,true\n", "", 3, "valid_to", "closing", "units"),
    Fault("beginning_without_event", "unit_events", "100@2025-07-01,0.4,,true\nsplit-200,2025-07-01,split,200@2024-01-01,300@2025-07-01,0.6",
          "100@2025-07-01,1", 6, "valid_from", "opening", "units"),
    Fault("two_ends", "unit_events", "split,200@2024-01-01,300@2025-07-01", "merge,200@2024-01-01,300@2025-07-01", 4, "kind", "one_end"),
    Fault("split_into_one", "unit_events", "split-200,2025-07-01,split,200@2024-01-01,100@2025-07-01,0.4,,true\n", "", 3, "kind", "one_end"),
    Fault("merge_into_two", "unit_events", "split,200@2024-01-01,100@2025-07-01,0.4,,true\nsplit-200,2025-07-01,split,",
          "merge,200@2024-01-01,100@2025-07-01,0.4,,true\nsplit-200,2025-07-01,merge,", 4, "kind", "one_end"),
    Fault("two_beginnings", "unit_events", "merge,100@2024-01-01", "rename,100@2024-01-01", 2, "kind", "one_beginning"),
    Fault("recode_without_new_code", "unit_events", "merge,100@2024-01-01", "recode,100@2024-01-01", 2, "kind", "change"),
    Fault("move_without_new_parent", "unit_events", "merge,100@2024-01-01", "move,100@2024-01-01", 2, "kind", "change"),
    Fault("redraw_of_one_unit", "unit_events", "split,200@2024-01-01,100@2025-07-01,0.4,,true\nsplit-200,2025-07-01,split,",
          "redraw,200@2024-01-01,100@2025-07-01,0.4,,true\nsplit-200,2025-07-01,redraw,", 3, "from_unit_id", "event"),
    Fault("measured_share_left_out", "unit_shares", "200@2024-01-01,300@2025-07-01,population,0.7,,true\n", "", 2, "share", "shares"),
    Fault("measured_shares_above_whole", "unit_shares", "0.7", "0.8", 3, "share", "shares"),
    Fault("share_of_unknown_pair", "unit_shares", "200@2024-01-01,300@2025-07-01", "100@2024-01-01,300@2025-07-01", 3, "to_unit_id", "reference"),
    Fault("share_of_the_event_elsewhere", "unit_shares", "300@2025-07-01,population", "300@2025-07-01,event", 3, "share_kind", "share_kind"),
    Fault("share_kind_as_sentence", "unit_shares", "300@2025-07-01,population", "300@2025-07-01,By heads", 3, "share_kind", "value"),
    Fault("indicator_of_unknown_measure", "indicators", "population", "area", 2, "share_kind", "reference"),
    Fault("filer_of_a_living_unit", "late_filers", "200@2024-01-01,", "300@2025-07-01,", 2, "unit_id", "late_filer"),
    Fault("filer_gone_as_well", "late_filers", ",300@2025-07-01", ",100@2024-01-01", 2, "filer_unit_id", "late_filer"),
    Fault("filer_unknown", "late_filers", ",300@2025-07-01", ",900@2025-07-01", 2, "filer_unit_id", "reference"),
    Fault("alias_of_two_units", "unit_aliases", "P. Hòa Bình,100@2025-07-01", "X. Hoà Bình,200@2024-01-01", 3, "alias", "overlap"),
    # periods
    Fault("quarter_of_four_months", "period_kinds", "quarter,3,4", "quarter,4,4", 3, "months", "nesting"),
    Fault("three_quarters_a_year", "period_kinds", "quarter,3,4", "quarter,3,3", 3, "count", "nesting"),
    Fault("due_rule_without_value", "period_kinds", "1,12,fixed_day,25", "1,12,fixed_day,", 2, "due_value", "due_rule"),
    Fault("worked_weekend_on_friday", "holidays", "2025-04-26", "2025-04-25", 3, "day", "holiday"),
    # forms
    Fault("two_versions_a_day", "forms", "B-01,1,economy", "A-01,2,economy", 3, "valid_from", "overlap"),
    Fault("kind_not_in_calendar", "forms", "Economy,year", "Economy,month", 3, "period_kind", "reference"),
    Fault("field_of_unknown_version", "form_fields", "A-01,1,value", "A-01,2,value", 3, "form_code", "reference"),
    Fault("figure_without_indicator", "form_fields", "1.1,dossiers.online", "1.1,", 4, "indicator_code", "role"),
    Fault("figure_of_list_without_code", "form_fields", "1.1,dossiers", ",dossiers", 4, "item_code", "role"),
    Fault("list_without_value_column", "form_fields", "value,value", "value,note", 2, "layout", "layout", "forms"),
    Fault("list_with_two_code_columns", "form_fields", "value,value", "value,item_code", 2, "layout", "layout", "forms"),
    Fault("form_without_figure", "form_fields", "product,indicator,Sản phẩm,,economy.product", "product,note,Sản phẩm,,", 3, "form_code", "layout", "forms"),
    Fault("unit_column_in_list", "form_fields", "value,value", "value,unit_name", 3, "role", "layout"),
    Fault("value_column_in_table", "form_fields", "unit_name,unit_name", "unit_name,value", 7, "role", "layout"),
    Fault("same_code_twice_in_list", "form_fields", "Tổng số,1,", "Tổng số,1.1,", 5, "item_code", "unique_label"),
    Fault("same_header_twice", "form_fields", "Sản phẩm,", "đơn  vị,", 8, "label", "unique_label"),
    Fault("mark_in_unknown_field", "form_rows", "unit_name,Tổng", "name,Tổng", 3, "field_code", "reference"),
    Fault("unit_row_without_unit", "form_rows", "100@2024-01-01", "", 4, "unit_id", "marked_row"),
    Fault("unit_row_of_unknown_unit", "form_rows", "100@2024-01-01", "100@2024-02-01", 4, "unit_id", "reference"),
    Fault("section_never_opened", "form_rows", "unit,I,", "unit,II,", 4, "section_code", "reference"),
    Fault("section_without_code", "form_rows", "section,I,", "section,,", 2, "section_code", "marked_row"),
    Fault("note_of_unknown_form", "form_notes", "B-01,không", "B-09,không", 2, "form_code", "reference"),
    Fault("note_without_its_period", "form_notes", "2023-Y", "", 3, "period_code", "note"),
    Fault("note_of_impossible_period", "form_notes", "2023-Y", "2023-M01", 3, "period_code", "period"),
    Fault("note_in_two_spellings", "form_notes", "số liệu năm trước,other_period,2023-Y", "KHÔNG có  số liệu,no_data,", 3, "note_text", "unique_text"),
    Fault("mark_in_two_spellings", "form_rows", "Tổng cộng,grand_total,", "PHẦN  I,section,I", 3, "match_text", "unique_text"),
    Fault("figure_in_two_places", "form_fields", "2,dossiers.pending", "2,dossiers.received", 6, "indicator_code", "unique_figure"),
    Fault("breakdown_of_a_breakdown", "form_fields", "unit_name,Đơn vị,,,total,actual,1,true\nB-01,1,product,indicator,Sản phẩm,,economy.product,total",
          "breakdown,Đơn vị,,,total,actual,1,true\nB-01,1,product,indicator,Sản phẩm,,economy.product,women", 8, "breakdown_code", "layout"),
    Fault("nobody_owes_the_form", "obligations", "A-01,commune", "A-01,district", 2, "unit_kind", "reference"),
    Fault("obliged_unit_unknown", "obligations", "commune,300", "commune,999", 3, "unit_code", "reference"),
    Fault("obliged_unit_closed", "obligations", "commune,300,2025-07-01,", "commune,200,2025-07-01,", 3, "unit_code", "reference"),
    Fault("exemption_of_unknown_form", "not_applicable", "A-01,200", "A-09,200", 2, "form_code", "reference"),
    Fault("exemption_of_a_unit_that_does_not_owe", "not_applicable", "A-01,200", "B-01,200", 2, "unit_code", "reference"),
    Fault("exemption_of_a_closed_unit", "not_applicable", "2025-01-15,2025-03-14", "2025-07-01,", 2, "unit_code", "reference"),
    Fault("exemption_twice_a_day", "not_applicable", "Công văn 1,false\n", "Công văn 1,false\nA-01,200,2025-03-14,,Sáp nhập,Công văn 1,false\n", 3, "valid_from", "overlap"),
    Fault("exemption_without_an_act", "not_applicable", "Công văn 1", "", 2, "act", "required"),
    Fault("exception_for_unknown_form", "lock_exceptions", "A-01,100", "A-09,100", 2, "form_code", "reference"),
    Fault("exception_for_a_unit_that_does_not_owe", "lock_exceptions", "A-01,100", "A-01,300", 2, "unit_code", "reference"),
    Fault("exception_for_another_kind_of_period", "lock_exceptions", "2025-M02", "2025-M13", 2, "period_code", "period"),
    Fault("exception_that_ends_before_it_begins", "lock_exceptions", "2025-04-30", "2025-02-14", 2, "until_day", "lock"),
    Fault("exception_without_a_reason", "lock_exceptions", "Mất điện kéo dài", "", 2, "reason", "required"),
    Fault("due_shift_unknown", "forms", "28,next_working_day", "28,sideways", 3, "due_shift", "value"),
    Fault("api_without_connection", "sources", "sender_api", "", 4, "connection_id", "source"),
    Fault("source_of_unknown_unit", "sources", ",300,*.xls", ",999,*.xls", 3, "unit_code", "reference"),
    Fault("source_of_malformed_period", "sources", "2024-Y", "2024", 3, "period_code", "period"),
    Fault("source_period_without_form", "sources", "B-01,2024-Y", ",2024-Y", 3, "period_code", "period"),
    Fault("source_outside_the_inbox", "sources", "drop_folder,economy", "drop_folder,../economy", 3, "location", "source"),
    # KPIs
    Fault("formula_versions_overlap", "kpi_formulas", "2025-06-30", "", 3, "valid_from", "overlap"),
    Fault("two_primary_formulas", "kpi_formulas", "period,,,false", "period,,,true", 4, "is_primary", "primary"),
    Fault("versions_of_two_kpis", "kpi_formulas", "K1-a,2,K1", "K1-a,2,K2", 3, "kpi_code", "formula"),
    Fault("term_of_unknown_version", "kpi_terms", "K1-a,2,denominator", "K1-a,3,denominator", 5, "formula_code", "reference"),
    Fault("term_of_unknown_indicator", "kpi_terms", "dossiers.pending", "dossiers.waiting", 7, "indicator_code", "reference"),
    Fault("formula_without_numerator", "kpi_terms", "K1-b,1,numerator", "K1-b,1,denominator", 4, "formula_code", "formula", "kpi_formulas"),
    Fault("term_that_says_nothing", "kpi_terms", "dossiers.pending,total,,,,1", "dossiers.pending,total,,,,0", 7, "coefficient", "formula"),
    Fault("term_of_nothing", "kpi_terms", "dossiers.pending,", ",", 7, "indicator_code", "term"),
    Fault("term_of_two_things", "kpi_terms", "pending,total,,,,", "pending,total,,K1-a,numerator,", 7, "indicator_code", "term"),
    Fault("reference_without_side", "kpi_terms", "dossiers.pending,total,,,,", ",total,,K1-a,,", 7, "ref_side", "term"),
    Fault("side_without_reference", "kpi_terms", "pending,total,,,,", "pending,total,,,numerator,", 7, "ref_side", "term"),
    Fault("breakdown_beside_its_group", "kpi_terms", "pending,total,,", "pending,women,sex,", 7, "breakdown_code", "term"),
    Fault("breakdown_of_a_reference", "kpi_terms", "dossiers.pending,total,,,,", ",women,,K1-a,numerator,", 7, "breakdown_code", "term"),
    Fault("group_unknown", "kpi_terms", "pending,total,,", "pending,total,age,", 7, "breakdown_group", "reference"),
    Fault("reference_to_unknown_formula", "kpi_terms", "dossiers.pending,total,,,,", ",total,,K9,numerator,", 7, "ref_formula_code", "reference"),
    Fault("reference_to_itself", "kpi_terms", "dossiers.pending,total,,,,", ",total,,K1-b,denominator,", 7, "ref_formula_code", "cycle"),
    Fault("reference_uncovered_on_some_days", "kpi_terms", "dossiers.pending,total,,,,", ",total,,K1-a,numerator,", 7, "ref_formula_code", "reference"),
    Fault("windows_of_two_calendars", "kpi_terms", "dossiers.pending", "economy.product", 4, "formula_code", "one_window", "kpi_formulas"),
    Fault("weight_of_another_calendar", "kpi_formulas", "last,sum,non_null,period,,", "last,weighted,non_null,period,,economy.product", 4, "formula_code", "one_window"),
    Fault("stock_added_over_time", "kpi_formulas", "100,last", "100,sum", 4, "over_time", "over_time"),
    Fault("units_that_do_not_add_up", "indicators", "stock,true", "stock,false", 4, "over_units", "over_units", "kpi_formulas"),
    Fault("rolling_without_parts", "kpi_formulas", "period,,,true,2024", "rolling,,,true,2024", 2, "span_parts", "span"),
    Fault("parts_without_rolling", "kpi_formulas", "period,,,true,2024", "period,3,,true,2024", 2, "span_parts", "span"),
    Fault("rolling_over_one_part", "kpi_formulas", "period,,,true,2024", "rolling,1,,true,2024", 2, "span_parts", "value"),
    Fault("last_of_a_year_to_date", "kpi_formulas", "100,last,sum,non_null,period", "100,last,sum,non_null,year_to_date", 4, "span", "span"),
    Fault("weighted_without_weight", "kpi_formulas", "100,last,sum", "100,last,weighted", 4, "weight_indicator_code", "weight"),
    Fault("weight_without_weighing", "kpi_formulas", "period,,,false", "period,,dossiers.received,false", 4, "weight_indicator_code", "weight"),
    Fault("weight_unknown", "kpi_formulas", "last,sum,non_null,period,,", "last,weighted,non_null,period,,people", 4, "weight_indicator_code", "reference"),
    Fault("missing_mode_unknown", "kpi_formulas", "last,sum,non_null", "last,sum,never", 4, "missing_mode", "value"),
    Fault("two_owners_a_day", "kpi_owners", "2025-06-30", "2025-07-31", 3, "valid_from", "overlap"),
    Fault("owner_gone", "kpi_owners", "K1,300,2025-07-01", "K1,200,2025-07-01", 3, "unit_code", "reference"),
    Fault("target_without_threshold", "targets", ">=,75", ">=,", 2, "threshold", "target"),
    Fault("range_without_upper_bound", "targets", "between,3,5", "between,3,", 3, "threshold_high", "target"),
    Fault("range_turned_round", "targets", "between,3,5", "between,5,3", 3, "threshold_high", "target"),
    Fault("unquantified_with_threshold", "targets", "unquantified,", "unquantified,5", 4, "threshold", "target"),
    Fault("number_for_unquantified_kpi", "targets", "K2,assigned,2025,,unquantified,", "K2,assigned,2025,,>=,5", 4, "operator", "target"),
    Fault("worse_values_are_the_target", "targets", ">=,75", "<=,75", 2, "operator", "target"),
    Fault("target_of_unknown_unit", "targets", "commune,300,", "commune,999,", 7, "unit_code", "reference"),
    Fault("target_of_a_closed_unit", "targets", "commune,300,", "commune,200,", 7, "unit_code", "reference"),
    Fault("target_of_another_level", "targets", "commune,300,", "district,300,", 7, "unit_code", "reference"),
    Fault("target_versions_overlap", "targets", "2025-06-30", "2025-07-01", 5, "valid_from", "overlap"),
    Fault("target_version_left_open", "targets", "2025-06-30", "", 5, "valid_from", "overlap"),
    Fault("days_between_target_versions", "targets", "2025-06-30", "2025-06-29", 5, "valid_from", "gap"),
    Fault("target_version_left_out", "targets", "K1-2025,2", "K1-2025,3", 5, "target_version", "target_version"),
    Fault("target_without_first_version", "targets", "K1-range,1", "K1-range,2", 3, "target_version", "target_version"),
    Fault("target_changed_by_the_same_act", "targets", "Quyết định sửa", "Kế hoạch", 5, "act", "target_change"),
    Fault("target_changed_by_nobody", "targets", "Chủ tịch", "", 5, "approver", "target_change"),
    Fault("target_changed_without_reason", "targets", "Mất số liệu", "", 5, "reason", "target_change"),
    Fault("change_that_calls_itself_none", "targets", "revised", "assigned", 5, "kind", "target_change"),
    Fault("revision_of_nothing", "targets", "K2,1,K2,assigned", "K2,1,K2,revised", 4, "kind", "target_change"),
    Fault("target_versions_of_two_kpis", "targets", "K1-2025,2,K1", "K1-2025,2,K2", 5, "kpi_code", "target"),
    Fault("target_versions_of_two_levels", "targets", "province,,Quyết", "commune,,Quyết", 5, "unit_kind", "target"),
    Fault("target_versions_for_other_periods", "targets", "revised,2025,,", "revised,2025,month,", 5, "period_kind", "target"),
    Fault("two_targets_of_a_year", "targets", "assigned,,,between", "assigned,2030,,between", 6, "target_year", "one_target"),
    Fault("line_to_no_year", "targets", "assigned,2030", "assigned,", 6, "trajectory", "trajectory"),
    Fault("line_from_nowhere", "targets", ">=,80", "=,80", 6, "trajectory", "trajectory"),
    Fault("line_from_a_later_milestone", "targets", "assigned,2030", "assigned,2024", 6, "trajectory", "trajectory"),
]  # fmt: skip


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(RegistryError) as caught:
        load_registry(folder)
    return caught.value.problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL, tmp_path / "registry")


def test_the_small_registry_is_valid() -> None:
    registry = load_registry(SMALL)
    assert registry.code == "small"
    assert len(registry.units) == 5


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_named_with_its_place(fault: Fault, folder: Path) -> None:
    path = folder / f"{fault.file}.csv"
    text = path.read_text()
    assert text.count(fault.old) >= 1
    path.write_text(text.replace(fault.old, fault.new, 1))
    found = {(problem.file, problem.row, problem.column, problem.rule) for problem in problems_of(folder)}
    assert (fault.reported_in or fault.file, fault.row, fault.column, fault.rule) in found


def test_fault_names_are_told_apart() -> None:
    names = [fault.name for fault in FAULTS]
    assert sorted(set(names)) == sorted(names)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


QUARTERLY = (
    "C-01,1,dossiers,Quý,Quarterly,quarter,table,vi,unicode,working_days_after,2,,30,,2024-01-01,,,true\n"
)
QUARTERLY_FIELDS = (
    "C-01,1,unit_name,unit_name,Đơn vị,,,total,actual,1,true\n"
    "C-01,1,pending,indicator,Đang giải quyết,,dossiers.{indicator},total,{kind},1,true\n"
)


def add_quarterly_form(folder: Path, indicator: str, kind: str) -> None:
    for file, rows in (
        ("forms", QUARTERLY),
        ("form_fields", QUARTERLY_FIELDS.format(indicator=indicator, kind=kind)),
        ("obligations", "C-01,commune,,2024-01-01,,,true\n"),
    ):
        path = folder / f"{file}.csv"
        path.write_text(path.read_text() + rows)


def test_a_hierarchy_deeper_than_the_sums_is_refused(folder: Path) -> None:
    path, day = folder / "units.csv", "2024-01-01"
    rows = "".join(
        f"{code}@{day},{code},group,Nhóm,Nhóm {code},,{above}@{day},{day},,,true\n"
        for code, above in (("g1", "01"), ("g2", "g1"), ("g3", "g2"), ("g4", "g3"))
    )
    events = "".join(f"create-g{n},{day},create,,g{n}@{day},,,true\n" for n in range(1, 5))
    path.write_text(path.read_text() + rows)
    (folder / "unit_events.csv").write_text((folder / "unit_events.csv").read_text() + events)
    [problem] = [one for one in problems_of(folder) if one.rule == "depth"]
    assert (problem.file, problem.row, problem.column, problem.found) == (
        "units",
        10,
        "parent_id",
        f"g3@{day}",
    )


def test_months_and_quarters_share_no_window(folder: Path) -> None:
    add_quarterly_form(folder, "pending", "actual")
    [problem] = problems_of(folder)
    assert (problem.file, problem.row, problem.column, problem.rule) == (
        "kpi_formulas", 4, "formula_code", "one_window"
    )  # fmt: skip
    assert "month of administrative, quarter of administrative" in problem.message


def test_a_plan_is_no_answer_and_opens_no_window(folder: Path) -> None:
    add_quarterly_form(folder, "pending", "plan")
    assert load_registry(folder).forms[-1].form_code == "C-01"


def test_a_stock_may_weigh_what_is_added_over_time(folder: Path) -> None:
    replace(
        folder / "kpi_formulas.csv",
        "100,sum,sum,non_null,period,,,true,2024",
        "100,sum,weighted,non_null,period,,dossiers.pending,true,2024",
    )
    assert load_registry(folder).kpi_formulas[0].weight_indicator_code == "dossiers.pending"


def test_a_stock_is_found_behind_a_reference(folder: Path) -> None:
    replace(folder / "kpi_terms.csv", "K1-a,1,numerator,dossiers.online,", "K1-a,1,numerator,,")
    replace(
        folder / "kpi_terms.csv", "K1-a,1,numerator,,total,,,,", "K1-a,1,numerator,,total,,K1-b,denominator,"
    )
    [problem] = problems_of(folder)
    assert (problem.file, problem.row, problem.rule) == ("kpi_formulas", 2, "over_time")
    assert "dossiers.pending" in problem.message


def test_each_reference_of_a_cycle_is_named(folder: Path) -> None:
    replace(folder / "kpi_formulas.csv", "true,2024-01-01,2025-06-30", "true,2024-01-01,")
    replace(folder / "kpi_formulas.csv", "true,2025-07-01,", "true,2023-01-01,2023-12-31")
    terms = folder / "kpi_terms.csv"
    replace(
        terms,
        "K1-a,1,denominator,dossiers.received,total,,,,",
        "K1-a,1,denominator,,total,,K1-b,denominator,",
    )
    replace(
        terms, "K1-b,1,denominator,dossiers.pending,total,,,,", "K1-b,1,denominator,,total,,K1-a,denominator,"
    )
    assert [(p.row, p.column) for p in problems_of(folder) if p.rule == "cycle"] == [
        (3, "ref_formula_code"),
        (7, "ref_formula_code"),
    ]


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    (folder / "holidays.csv").unlink()
    (folder / "breakdowns.csv").write_text("")
    kpis = (folder / "kpis.csv").read_text()
    (folder / "kpis.csv").write_text(kpis.replace("%,2,higher,true", "%,two,higher,maybe"))
    targets = (folder / "targets.csv").read_text()
    (folder / "targets.csv").write_text(targets.replace("K2,1,K2", "K2,1,K9"))
    assert [
        (p.file, p.row, p.column, p.found, p.rule) for p in problems_of(folder) if p.rule != "reference"
    ] == [
        ("breakdowns", 0, "", "", "file"),
        ("holidays", 0, "", "", "file"),
        ("kpis", 2, "decimals", "two", "value"),
        ("kpis", 2, "quantified", "maybe", "value"),
    ]
    assert ("targets", 4, "kpi_code", "K9") in {
        (p.file, p.row, p.column, p.found) for p in problems_of(folder)
    }


def test_a_bad_cell_does_not_make_the_key_of_its_row_unknown(folder: Path) -> None:
    kpis = (folder / "kpis.csv").read_text()
    (folder / "kpis.csv").write_text(kpis.replace("%,2,higher,true", "%,two,higher,true"))
    [problem] = problems_of(folder)
    assert str(problem) == (
        "kpis.csv, row 2, column decimals, found 'two': "
        "Input should be a valid integer, unable to parse string as an integer [value]"
    )


def test_a_target_is_not_handed_to_the_unit_that_got_the_code(folder: Path) -> None:
    version = "C,{},K1,{},2025,,>=,60,,step,true,,Xã Hoà Bình,commune,100,{},Chủ tịch,Đổi xã,,{},{},,true\n"
    with (folder / "targets.csv").open("a", encoding="utf-8") as file:
        file.write(version.format(1, "registered", "Đăng ký", "2024-01-01", "2025-06-30"))
        file.write(version.format(2, "revised", "Đăng ký lại", "2025-07-01", ""))
    assert [(p.file, p.row, p.column, p.rule) for p in problems_of(folder)] == [
        ("targets", 9, "unit_code", "target")
    ]


def test_an_assigned_target_may_stand_beside_a_registered_one(folder: Path) -> None:
    with (folder / "targets.csv").open("a", encoding="utf-8") as file:
        file.write(
            "R,1,K1,registered,2025,,>=,60,,step,true,,Toàn tỉnh,province,,Đăng ký,,,,2024-01-01,,,true\n"
        )
    assert len(load_registry(folder).targets) == 7


def test_rows_are_counted_as_the_file_shows_them(folder: Path) -> None:
    path = folder / "breakdowns.csv"
    path.write_text(path.read_text() + '\n"a\nb",total,Một,One\n,total,Hai,Two\n')
    assert [(p.row, p.column, p.rule) for p in problems_of(folder)] == [(7, "breakdown_code", "required")]


def test_the_byte_order_mark_of_spreadsheets_is_no_part_of_the_header(folder: Path) -> None:
    path = folder / "kpis.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_registry(folder).kpis == load_registry(SMALL).kpis


def test_another_encoding_is_named_with_its_row(folder: Path) -> None:
    path = folder / "kpis.csv"
    path.write_bytes(
        path.read_text().replace("Dữ liệu mở", "Donn\u00e9es").encode("latin-1", errors="replace")
    )
    assert [(p.row, p.rule) for p in problems_of(folder) if p.file == "kpis"] == [(3, "encoding")]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="the folder does not exist"):
        load_registry(tmp_path / "nowhere")


def test_the_hash_follows_the_content(folder: Path) -> None:
    assert load_registry(folder).sha256 == load_registry(SMALL).sha256
    path = folder / "kpis.csv"
    path.write_text(path.read_text().replace("Open data", "Open Data"))
    assert load_registry(folder).sha256 != load_registry(SMALL).sha256


def test_each_file_has_a_hash_of_its_own(folder: Path) -> None:
    before = load_registry(folder).file_sha256
    path = folder / "kpis.csv"
    path.write_text(path.read_text() + "\n")
    after = load_registry(folder).file_sha256
    assert set(before) == {model.file for model in FILES}
    assert {name for name in before if before[name] != after[name]} == {"kpis"}
