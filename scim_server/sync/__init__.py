"""Other directories to this one: read, map, plan, apply. Reaches the store through directory/."""
