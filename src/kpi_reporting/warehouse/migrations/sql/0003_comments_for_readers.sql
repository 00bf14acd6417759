-- Columns that no mart has; all others take their comments from the marts with the first publication.
comment on table reporting.kpi_value_issues is 'One row per published state of a figure; revisions count from 1 and are never changed.';
comment on table reporting.findings is 'One row per thing a rule said about a file, a cell or a figure.';
comment on column reporting.publications.publication_id is 'Number of the publication; a later one has a higher number.';
comment on column reporting.publications.night_id is 'Night that made it: its as-of instant as text.';
comment on column reporting.publications.as_of is 'Instant the night looked from.';
comment on column reporting.publications.published_at is 'Instant at which it was made, by the wall clock.';
comment on column reporting.publications.registry_sha256 is 'Hash of the registry the figures follow.';
comment on column reporting.publications.content_sha256 is 'Hash of all rows of kpi_values after it: what is signed off.';
comment on column reporting.publications.rows_added is 'Rows added, over all published tables.';
comment on column reporting.publications.rows_changed is 'Rows changed or marked stale, over all published tables.';
comment on column reporting.publications.rows_removed is 'Rows removed, over all published tables.';
comment on column reporting.kpi_values.is_stale is 'True when an exit rule stopped a newer figure and this one, the last good issue, stays.';
comment on column reporting.kpi_values.revision is 'Number of the issue that is shown: 1 is the first published one.';
comment on column reporting.kpi_value_issues.kpi_code is 'KPI of the figure.';
comment on column reporting.kpi_value_issues.formula_code is 'Formula of the figure.';
comment on column reporting.kpi_value_issues.unit_id is 'Dated unit of the figure.';
comment on column reporting.kpi_value_issues.calendar_code is 'Calendar of the period.';
comment on column reporting.kpi_value_issues.period_code is 'Period of the figure.';
comment on column reporting.kpi_value_issues.revision is 'Number of the issue: 1 is the first published one.';
comment on column reporting.kpi_value_issues.publication_id is 'Publication that brought the issue.';
comment on column reporting.kpi_value_issues.is_removed is 'True when the figure was taken out of kpi_values; its value is null then.';
comment on column reporting.kpi_value_issues.cause is 'Why the issue came: first, late, correction, formula, recomputed or removed.';
comment on column reporting.kpi_value_issues.formula_version is 'Version of the formula.';
comment on column reporting.kpi_value_issues.value is 'Figure in the unit of measure of the KPI; null with a reason, never zero for missing.';
comment on column reporting.kpi_value_issues.numerator is 'Sum above the line.';
comment on column reporting.kpi_value_issues.denominator is 'Sum below the line.';
comment on column reporting.kpi_value_issues.units_counted is 'Owing units whose figures are in it.';
comment on column reporting.kpi_value_issues.units_owed is 'Units that owed figures for it.';
comment on column reporting.kpi_value_issues.data_state is 'complete, partial or absent.';
comment on column reporting.kpi_value_issues.reason is 'Why there is no value; null when there is one.';
comment on column reporting.kpi_value_issues.target_status is 'How it stood against its target when it was published.';
comment on column reporting.findings.finding_id is 'Number of the finding.';
comment on column reporting.findings.night_id is 'Night that found it: its as-of instant as text.';
comment on column reporting.findings.submission_id is 'Submission it is about; null for a source or a figure.';
comment on column reporting.findings.layer is 'Where it stood out: readable, structure, row, cross_form, history or exit.';
comment on column reporting.findings.rule_id is 'Rule that found it.';
comment on column reporting.findings.severity is 'error rejects a submission or stops a figure; warning and info do not.';
comment on column reporting.findings.sender_code is 'Code of the sender, as far as it is known.';
comment on column reporting.findings.form_code is 'Form, as far as it is known.';
comment on column reporting.findings.period_code is 'Period, as far as it is known.';
comment on column reporting.findings.file_name is 'Name of the file or payload.';
comment on column reporting.findings.sheet_name is 'Sheet of a workbook.';
comment on column reporting.findings.cell is 'Cell as a spreadsheet shows it: B12.';
comment on column reporting.findings.subject is 'What is meant beside the cell: a unit, a field, or kpi/formula/unit/calendar/period of a figure.';
comment on column reporting.findings.found is 'What stood there.';
comment on column reporting.findings.message_vi is 'What is wrong, for the sender.';
comment on column reporting.findings.message_en is 'What is wrong, for the engineer.';
comment on column reporting.findings.action_vi is 'What the sender can do about it.';

do $$
declare
    published text;
begin
    for published in
        select c.table_name from information_schema.columns as c
        where c.table_schema = 'reporting' and c.column_name = 'publication_id'
            and c.table_name not in ('publications', 'kpi_value_issues')
    loop
        execute format(
            'comment on column reporting.%I.publication_id is %L', published, 'Publication that last changed the row.'
        );
    end loop;
end $$;
