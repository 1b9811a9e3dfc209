"""The raw log of one prefix copied into that of another, which may have more partitions."""
