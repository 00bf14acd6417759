{{ part_sides(0, ref('int_part_sides_level_1')) }}
