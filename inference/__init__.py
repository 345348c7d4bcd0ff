"""Call notes and records in, physicians and what to say to them out."""
