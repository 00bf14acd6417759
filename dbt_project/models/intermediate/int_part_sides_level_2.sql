{{ part_sides(2, ref('int_part_sides_level_3')) }}
