"""House style and the chart types that reviews use."""
