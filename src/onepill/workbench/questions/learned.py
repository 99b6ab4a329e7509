"""What the operations on learned models are asked. Their files stay on this machine, so that they take paths."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Codes, Question

TABLE = "CSV with nctid, phase and texts of the registration"


class TrainAsk(Question):
    """Labelled trials, and where the model goes."""

    labels: list[str] = Field(min_length=1, description=f"{TABLE}, and label (1 success, 0 failure); may be repeated")
    folder: str = Field(min_length=1, description="folder for model.json and report.json")
    features: Codes = Field(
        default=["title", "diseases", "drugs", "criteria", "phase", "icdcodes"],
        description="columns to learn from, all known at registration",
    )
    seed: int = Field(default=1, ge=0, description="of the trees and of the resampling")


class ModelAsk(Question):
    """A model and trials."""

    model: str = Field(min_length=1, description="folder that `success train` wrote")
    input: str = Field(min_length=1, description=TABLE)


class EvaluateAsk(ModelAsk):
    """A model and labelled trials."""

    seed: int = Field(default=1, ge=0, description="of the resampling")


class ScoreAsk(ModelAsk):
    """A model and trials without an outcome."""
