{# The grain a model promises: no two rows share these columns, and none of them is empty but those that `may_be_null`. #}
{% test unique_rows(model, columns, may_be_null=[]) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {%- for column in columns if column not in may_be_null %}
            or {{ column }} is null
        {%- endfor %}
{% endtest %}
