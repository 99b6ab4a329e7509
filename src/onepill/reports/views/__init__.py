"""What stands on each part of the page: numbers of the document in, printed text and places out, no mark-up."""
