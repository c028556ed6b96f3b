"""Find cases, employers, documents and people one may see."""
