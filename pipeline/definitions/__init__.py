"""For those who write definitions: a new insurer's file, a probe of its system, and the generated reference pages."""
