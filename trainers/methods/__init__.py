"""The training methods, one file each; `trainers.method.methods()` finds them."""
