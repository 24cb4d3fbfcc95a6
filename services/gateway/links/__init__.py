"""Links between records that people withdraw, and who was told what by them meanwhile."""
