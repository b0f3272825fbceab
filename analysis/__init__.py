"""Children's social care self-assessment: from statutory returns to a published document."""
