"""hack/images: builds the project's Dockerfiles under names that say what is in them. Knows no cluster."""
