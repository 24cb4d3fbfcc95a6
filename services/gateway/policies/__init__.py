"""What those who answer for the policies are shown and told."""
