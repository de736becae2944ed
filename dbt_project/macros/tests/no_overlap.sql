{# Rows of one key hold one after the other: no period [valid_from, valid_to_exclusive) begins inside another. #}
{% test no_overlap(model, columns) %}
    select later.valid_from
    from {{ model }} as earlier
    inner join {{ model }} as later
        on
            earlier.valid_from < later.valid_from
            and (earlier.valid_to_exclusive is null or later.valid_from < earlier.valid_to_exclusive)
            {% for column in columns %}and earlier.{{ column }} = later.{{ column }} {% endfor %}
{% endtest %}
