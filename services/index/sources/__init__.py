"""Where records come from: what was published here, and sources that are asked at query time."""
