"""A contact centre to try it with: signed webhooks of every vendor and the rows they must make."""
