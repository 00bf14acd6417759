{{ part_sides(1, ref('int_part_sides_level_2')) }}
