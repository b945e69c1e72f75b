"""What `bench train` consists of: photos, the two sides, the launcher that measures them, and what FLOPs allow."""
