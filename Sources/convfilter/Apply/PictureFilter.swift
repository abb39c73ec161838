import ImageCodecs
import KernelLanguage
import Raster

/// Filters one picture from file to file.
struct PictureFilter: Sendable {
  struct Settings: Sendable {
    var stages: [Stage]
    /// For every picture; `channels` adds what depends on the picture.
    var options: FilterOptions
    var channels: ChannelSelection
    var limits: Limits
    var damage: DamagePolicy
    /// Nil: by the output's name, else the input's.
    var format: FileFormat?
    var writing: WritingOptions
    var keepsMetadata: Bool
    var existing: ExistingFile
    var isDryRun: Bool
    var preservesTimes: Bool
    /// Whether warnings are errors.
    var isStrict: Bool
  }

  let settings: Settings
  let diagnostics: Diagnostics
  /// The files that are read: none of them may be overwritten.
  let inputs: Set<FileStatus.Identity>

  /// Filters the picture of a job.
  ///
  /// - Parameter showsRows: whether a progress line counts the rows.
  /// - Returns: what became of it, or nil where it is put off.
  func run(_ job: Job, _ share: Schedule.Share, showsRows: Bool) -> Outcome? {
    let start = Terminal.now()
    var outcome = Outcome(input: "\(job.input)", output: "\(job.output)", status: .written)
    do {
      guard try filter(job, share, showsRows, &outcome) else { return nil }
    } catch {
      outcome.status = .failed(error)
    }
    outcome.seconds = Terminal.now() - start
    return outcome
  }

  /// - Returns: false where the picture is put off.
  private func filter(
    _ job: Job, _ share: Schedule.Share, _ showsRows: Bool, _ outcome: inout Outcome
  ) throws(Outcome.Failure) -> Bool {
    let output = outcome.output!
    let picture = try at(outcome.input) { try OpenPicture(job, settings) }
    let place = try at(output) { try job.output.path.map { try OutputPlace($0) } }
    if try at(output, { try isKept(place, job, picture.status) }) {
      outcome.status = .skipped
      return true
    }
    if share.mayDefer, picture.pixels >= Schedule.large { return false }
    let plan = try at(outcome.input) { try PicturePlan(picture, job.output, settings) }
    note(plan, of: picture.reader, in: &outcome)
    if case .inPlace = job.output, picture.status.names > 1 {
      outcome.warnings.append("has other names (hard links), which keep the old picture")
    }
    try refuseWarnings(outcome)
    if settings.isDryRun {
      outcome.status = .planned
      return true
    }
    try write(plan, of: picture, to: place, job, share, showsRows, &outcome)
    return true
  }

  private func note(_ plan: PicturePlan, of reader: PictureReader, in outcome: inout Outcome) {
    outcome.source = Outcome.Side(format: reader.format, kind: reader.fileFormat.name)
    outcome.result = Outcome.Side(format: plan.output, kind: plan.fileFormat.name)
    outcome.warnings = plan.warnings
    if diagnostics.isVerbose {
      for line in plan.filter.description { diagnostics.detail("\(outcome.input): \(line)") }
    }
  }

  func refuseWarnings(_ outcome: Outcome) throws(Outcome.Failure) {
    if settings.isStrict, let first = outcome.warnings.first {
      throw Outcome.Failure(place: outcome.input, message: "\(first) (--strict)")
    }
  }

  /// Runs a step; what it throws is said of `place`.
  func at<Result: ~Copyable>(
    _ place: String, _ body: () throws -> Result
  ) throws(Outcome.Failure) -> Result {
    do {
      return try body()
    } catch let failure as Outcome.Failure {
      throw failure
    } catch let error as CodecError {
      throw Outcome.Failure(place: place, message: error.remedied)
    } catch {
      throw Outcome.Failure(place: place, message: "\(error)")
    }
  }
}

extension CodecError {
  /// The message, with the options of the command that help.
  var remedied: String {
    switch self {
    case .writeFailed(let reason): return "\(FileError.unwritable(reason: reason))"
    case .readFailed(let reason): return "\(FileError.unreadable(reason: reason))"
    default: break
    }
    return "\(self)"
      .replacing("raise the limit to read it", with: "raise --limit-pixels to read it")
      .replacing("raise the limit to hold it", with: "say --limit-pixels to hold it")
      .replacing("or tolerate damage", with: "or use --tolerate-damage")
  }
}
