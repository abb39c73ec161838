import Archives
import ImageCodecs
import Libc
import Raster
import Reports
import Text

/// What became of one picture.
struct Outcome: Sendable {
  enum Status: Sendable, Equatable {
    case written
    case skipped(Skip)
    /// What a dry run would have written.
    case planned
    case failed(Failure)
    /// Not begun, because the batch came to an end before.
    case left
  }

  /// Why a picture is skipped.
  enum Skip: String, Sendable, CaseIterable {
    /// The output exists and is kept.
    case exists
    /// The output is what it would become.
    case upToDate
    /// The picture is itself a result.
    case result

    /// As in `80 up to date`.
    var words: String {
      switch self {
      case .exists: "exist"
      case .upToDate: "up to date"
      case .result: "results themselves"
      }
    }
  }

  /// A picture file, for the report.
  struct Side: Sendable, Equatable {
    var format: PictureFormat
    /// `png`, `jpeg`, …
    var kind: String
  }

  /// Where the picture comes from and goes to; nil for a name that yields none.
  let job: Job?
  /// The name of the input, as it is shown.
  let input: String
  var status: Status
  var warnings: [String] = []
  var source: Side?
  var target: Side?
  /// What became of the members of a tar archive.
  var members: Members?
  /// Wall time, in seconds.
  var seconds: Double = 0

  init(_ job: Job, _ status: Status = .written) {
    self.job = job
    self.status = status
    input = "\(job.input)"
  }

  /// A name that yields no job.
  init(_ failure: JobList.Failure) {
    job = nil
    input = "\(failure.path)"
    status = .failed(Failure(place: input, message: failure.reason))
    path = failure.path
  }

  /// The name of the result, as it is shown.
  var result: String { job.map { "\($0.output)" } ?? "" }

  private var path: FilePath?
}

extension Outcome {
  /// What happened, where, and what to do about it.
  struct Failure: Error, Sendable, Equatable {
    var place: String
    var message: String
    /// Whether all that follow would fail alike: the disk is full.
    var endsBatch = false

    init(place: String, message: String) {
      self.place = place
      self.message = message
    }

    /// - Parameter damage: what was asked for already, and is no advice.
    init(place: String, _ error: any Error, _ damage: DamagePolicy = .refuse) {
      let error: any Error =
        switch error {
        case CodecError.writeFailed(let reason): FileError.unwritable(reason: reason)
        case CodecError.readFailed(let reason): FileError.unreadable(reason: reason)
        case TarError.readFailed(let reason): FileError.unreadable(reason: reason)
        default: error
        }
      self.init(place: place, message: (error as? CodecError)?.remedied(damage) ?? "\(error)")
      if case FileError.unwritable(let reason) = error {
        endsBatch = reason == ENOSPC || reason == EDQUOT
      }
      // Another run has made the record of the results since this one began.
      if case FileError.updating = error { endsBatch = true }
    }
  }
}

extension Outcome.Status {
  var name: String {
    switch self {
    case .written: "written"
    case .skipped: "skipped"
    case .planned: "planned"
    case .failed: "failed"
    case .left: "left"
    }
  }
}

extension Outcome {
  /// One line of `--json`.
  var json: String {
    var members = JSON.members("input", path ?? job?.input.path, shown: input)
    if let job { members += JSON.members("output", job.output.path, shown: result) }
    members.append(("status", .string(status.name)))
    members += Self.members(source, ["format", "width", "height", "channels", "depth"])
    members += Self.members(
      target, ["outputFormat", "outputWidth", "outputHeight", "outputChannels", "outputDepth"])
    // To the microsecond: more digits say nothing.
    members.append(("milliseconds", .number((seconds * 1e6).rounded() / 1000)))
    members.append(("warnings", .array(warnings.map { .string($0) })))
    if let own = self.members { members.append(("members", own.json)) }
    if case .skipped(let skip) = status { members.append(("reason", .string(skip.rawValue))) }
    if case .failed(let failure) = status {
      members.append(("error", .string("\(failure.place): \(failure.message)")))
    }
    return JSON.object(members).line + "\n"
  }

  /// A line of `--json` for a picture that is none of those asked for.
  static func json(leftOut path: FilePath, _ reason: String) -> String {
    let members: [(String, JSON)] =
      JSON.members("input", path) + [("status", "leftOut"), ("reason", .string(reason))]
    return JSON.object(members).line + "\n"
  }

  private static func members(_ side: Side?, _ keys: [String]) -> [(String, JSON)] {
    guard let side else { return [] }
    let values: [JSON] = [
      .string(side.kind), .integer(side.format.width), .integer(side.format.height),
      .integer(side.format.color.channels), .integer(side.format.sample.byteCount * 8),
    ]
    return Array(zip(keys, values))
  }
}
