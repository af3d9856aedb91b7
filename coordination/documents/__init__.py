"""Letters, patient sheets and forms: facts and answer -> plain content -> HTML -> PDF, each version kept."""
