{{ part_sides(3) }}
