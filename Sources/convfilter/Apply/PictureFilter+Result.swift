import ImageCodecs

/// Where a result is written: looked at before, open, and published.
extension PictureFilter {
  /// Whether an existing output stays as it is.
  ///
  /// - Throws: `FileError` where it may not be written.
  func isKept(
    _ place: OutputPlace?, _ job: Job, _ input: FileStatus
  ) throws(FileError) -> Bool {
    guard let existing = place?.existing, existing.kind == .regular else { return false }
    if case .inPlace = job.output { return false }
    if existing.identity == input.identity { throw .isInput }
    switch settings.existing {
    case .skip: return true
    case .refuse: throw .resultExists
    case .replace:
      if inputs.contains(existing.identity) { throw .isAnotherInput }
      return false
    }
  }

  /// - Parameter place: nil for standard output.
  func open(_ place: OutputPlace?, _ output: Job.Output) throws(FileError) -> ResultFile {
    guard let place else { return try .standardOutput() }
    if case .file(_, makesFolders: true) = output { try OutputPlace.makeFolders(to: place.path) }
    return try ResultFile(place)
  }

  /// - Returns: whether it was written, or is skipped: another program may have been faster.
  func publish(
    _ file: consuming ResultFile, at place: OutputPlace?, _ job: Job, _ input: FileStatus
  ) throws(Outcome.Failure) -> Outcome.Status {
    // A result that a power failure takes can be made again, unless it took its input's place.
    let isLast = if case .inPlace = job.output { true } else { false }
    do throws(FileError) {
      if isLast, let place, let now = try FileStatus(place.path), !now.isUnchanged(since: input) {
        throw FileError.changedMeanwhile
      }
      try file.publish(
        replacing: place?.existing, mayReplace: settings.existing == .replace, durable: isLast,
        times: settings.preservesTimes ? input : nil
      ) { output throws(FileError) in
        try ledger?.note(job, input: FileStamp(input), output: FileStamp(output))
      }
      return .written
    } catch {
      if error == .exists {
        if settings.existing == .skip { return .skipped(.exists) }
        throw Outcome.Failure(place: "\(job.output)", FileError.resultExists)
      }
      throw Outcome.Failure(place: "\(job.output)", error)
    }
  }
}
