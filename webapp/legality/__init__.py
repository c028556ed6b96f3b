"""What the law allows: each rule one named predicate with its source, judged before a step and shown on the case page."""
