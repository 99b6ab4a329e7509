"""What is the model as a workbook, and what came back in one?"""
