import Raster

/// What became of one picture.
struct Outcome: Sendable {
  enum Status: Sendable, Equatable {
    case written
    /// The output exists and is kept.
    case skipped
    /// What a dry run would have written.
    case planned
    case failed(Failure)
  }

  /// What happened, where, and what to do about it.
  struct Failure: Error, Sendable, Equatable {
    var place: String
    var message: String
  }

  /// A picture file, for the report.
  struct Side: Sendable, Equatable {
    var format: PictureFormat
    /// `png`, `jpeg`, …
    var kind: String
  }

  /// Names of the input and of the output, as they are shown; the latter nil where it is unknown.
  var input: String
  var output: String?
  var status: Status
  var warnings: [String] = []
  var source: Side?
  var result: Side?
  /// Wall time, in seconds.
  var seconds: Double = 0
}

extension Outcome.Status {
  var name: String {
    switch self {
    case .written: "written"
    case .skipped: "skipped"
    case .planned: "planned"
    case .failed: "failed"
    }
  }
}

extension Outcome {
  /// One line of `--json`.
  var json: String {
    var line = JSONLine()
    line.add("input", input)
    line.add("output", output)
    line.add("status", status.name)
    Self.add(source, to: &line, ["format", "width", "height", "channels", "depth"])
    Self.add(
      result, to: &line,
      ["outputFormat", "outputWidth", "outputHeight", "outputChannels", "outputDepth"])
    line.add("milliseconds", thousandths: seconds * 1000)
    line.add("warnings", warnings)
    if case .failed(let failure) = status {
      line.add("error", "\(failure.place): \(failure.message)")
    }
    return line.text
  }

  private static func add(_ side: Side?, to line: inout JSONLine, _ keys: [String]) {
    guard let side else { return }
    line.add(keys[0], side.kind)
    line.add(keys[1], side.format.width)
    line.add(keys[2], side.format.height)
    line.add(keys[3], side.format.color.channels)
    line.add(keys[4], side.format.sample.byteCount * 8)
  }
}
