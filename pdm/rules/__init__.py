"""Rule packs: limits and allowances as files with a version and a source, laid over the plant file."""
