import ImageCodecs

/// What is said of a picture.
extension PictureFilter {
  func note(
    _ plan: PicturePlan, of picture: borrowing OpenPicture, _ job: Job, in outcome: inout Outcome
  ) {
    let reader = picture.reader
    outcome.source = Outcome.Side(format: plan.source, kind: reader.fileFormat.name)
    outcome.target = Outcome.Side(format: plan.output, kind: plan.fileFormat.name)
    outcome.warnings = plan.warnings
    if case .inPlace = job.output, picture.status.names > 1 {
      outcome.warnings.append("has other names (hard links), which keep the old picture")
    }
    if diagnostics.isVerbose {
      if plan.denominator > 1 {
        diagnostics.detail("\(outcome.input): decoded at 1/\(plan.denominator)")
      }
      for line in plan.filter.description { diagnostics.detail("\(outcome.input): \(line)") }
    }
  }

  /// Warns of what the file holds besides the picture; where it would be lost for good, throws.
  func noteOthers(
    _ reader: PictureReader, _ job: Job, in outcome: inout Outcome
  ) throws(Outcome.Failure) {
    if settings.takesFirstPicture || reader.others.isEmpty { return }
    let others = reader.others.joined(separator: ", ")
    if case .inPlace = job.output {
      throw Outcome.Failure(
        place: outcome.input,
        message: "holds \(others) besides its picture, which --in-place would lose; "
          + "write another file, or say --first-picture")
    }
    let warning = "holds \(others) besides its picture: left out"
    if !outcome.warnings.contains(warning) { outcome.warnings.append(warning) }
  }

  func refuseWarnings(_ outcome: Outcome) throws(Outcome.Failure) {
    if settings.isStrict, let first = outcome.warnings.first {
      throw Outcome.Failure(place: outcome.input, message: "\(first) (--strict)")
    }
  }
}
