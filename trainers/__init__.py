"""The GPU process: trains words on one frozen base model and makes pictures with them."""
