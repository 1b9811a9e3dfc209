"""A contact centre that is not there: signed traffic of every vendor, and the rows it must make."""
