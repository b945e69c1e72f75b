"""What Tintype remembers: records, errors, the job store, the vault and the wire between the processes."""
