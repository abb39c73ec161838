import Archives
import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Filters one picture from file to file.
struct PictureFilter: Sendable {
  struct Settings: Sendable {
    var stages: [Stage]
    /// For every picture; `channels` adds what depends on the picture.
    var options: FilterOptions
    var channels: ChannelSelection
    /// Where results take the place of the pictures.
    var selection: Selection
    /// What results with alpha are laid on where the format holds none; nil for the picture's own.
    var background: Metadata.Background?
    var limits: Limits
    /// What all pictures that are worked on at a time may take together.
    var memory: MemoryLimit
    var damage: DamagePolicy
    /// Nil: by the output's name, else the input's.
    var format: FileFormat?
    var writing: WritingOptions
    var keepsMetadata: Bool
    /// What colours become before they are filtered; nil to leave them.
    var profile: ColorTarget?
    /// Whether what a file holds besides its picture may be lost without a word.
    var takesFirstPicture: Bool
    /// Which picture of a file, from 1; nil for the first.
    var page: Int?
    var existing: ExistingFile
    var isDryRun: Bool
    var preservesTimes: Bool
    /// Whether warnings are errors.
    var isStrict: Bool
    /// How tar archives are filtered.
    var archives = ArchiveSettings()
  }

  let settings: Settings
  let diagnostics: Diagnostics
  /// The files that are read: none of them may be overwritten.
  let inputs: Set<FileStatus.Identity>
  /// Shared by all that filter at the same time.
  let memory: MemoryBudget
  /// Takes note of what is written, where that is wanted.
  var ledger: UpdateLedger?

  /// Opens, plans, filters and publishes the picture of a job.
  ///
  /// - Parameter showsRows: whether a progress line counts the rows.
  /// - Returns: what became of it, or nil where it is put off.
  func run(_ job: Job, _ share: Workers.Share, showsRows: Bool) -> Outcome? {
    let start = Terminal.now()
    var outcome = Outcome(job)
    do {
      let head = job.input == .standardInput ? OpenFile.standardInputHead() : InputHead()
      if job.input.isArchive || TarReader.recognises(head.bytes) {
        outcome = archive(job, head.taken, threads: share.threads)
        outcome.seconds = Terminal.now() - start
        return outcome
      }
      let picture = try at(outcome.input) { try OpenPicture(job, settings, head: head.taken) }
      let place = try at(outcome.result) { try job.output.path.map { try OutputPlace($0) } }
      if try at(outcome.result, { try isKept(place, job, picture.status) }) {
        outcome.status = .skipped(.exists)
      } else if share.mayDefer, picture.pixels >= Workers.large {
        return nil
      } else {
        let plan = try at(outcome.input) { try PicturePlan(picture, job.output, settings) }
        let threads = picture.pixels < Self.small ? 1 : share.threads
        let needed = plan.memory(threads: threads)
        try at(outcome.input) { try plan.checkMemory(threads: threads, within: settings.memory) }
        note(plan, of: picture, job, in: &outcome)
        try noteOthers(picture.reader, job, in: &outcome)
        try refuseWarnings(outcome)
        if settings.isDryRun {
          outcome.status = .planned
        } else {
          memory.take(needed)
          defer { memory.give(needed) }
          let file = try at(outcome.result) { try open(place, job.output) }
          let rows = showsRows ? plan.output.height : nil
          outcome.warnings += try at(outcome.result) {
            try filter(
              picture, by: plan, for: job, into: .descriptor(file.descriptor), threads,
              showing: rows
            ).warnings
          }
          for warning in plan.warnings(behind: picture.reader, settings)
          where !outcome.warnings.contains(warning) { outcome.warnings.append(warning) }
          try noteOthers(picture.reader, job, in: &outcome)
          try refuseWarnings(outcome)
          outcome.status = try publish(consume file, at: place, job, picture.status)
        }
      }
    } catch {
      outcome.status = .failed(error)
    }
    outcome.seconds = Terminal.now() - start
    return outcome
  }
}

extension PictureFilter {
  /// Pixels below which more threads cost more than they bring.
  private static let small = 250_000

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

  /// - Parameter place: nil for standard output.
  func open(_ place: OutputPlace?, _ output: Job.Output) throws(FileError) -> ResultFile {
    guard let place else { return try .standardOutput() }
    if case .file(_, makesFolders: true) = output { try OutputPlace.makeFolders(to: place.path) }
    return try ResultFile(place)
  }

  /// - Parameters:
  ///   - threads: that filter it (≥ 1).
  ///   - rows: how many rows a progress line counts, nil for none.
  /// - Returns: the writer, and what it and further pictures warn of.
  func filter(
    _ picture: borrowing OpenPicture, by plan: PicturePlan, for job: Job,
    into target: ByteSink, _ threads: Int, showing rows: Int?
  ) throws -> (writer: PictureWriter, warnings: [String]) {
    let reader = picture.reader
    var late: (@Sendable () -> Metadata)?
    if settings.keepsMetadata, reader.series == nil {
      late = { plan.described(reader.metadata).metadata }
    }
    let writer = try PictureWriter(
      plan.output, as: plan.fileFormat, to: target, options: writing(plan),
      metadata: plan.metadata, keeping: reader.encoding, late: late, series: plan.series,
      time: reader.frameTime)
    let bar = rows.map { ProgressBar(diagnostics, total: $0, unit: "rows") }
    defer { bar?.finish() }
    try flow(picture, by: plan, into: writer, threads, bar)
    if reader.series == nil { return (writer, writer.warnings) }
    let warnings = try filterOthers(of: picture, after: plan, for: job, into: writer, threads)
    return (writer, warnings + writer.warnings)
  }

  /// How a result is written.
  func writing(_ plan: PicturePlan) -> WritingOptions {
    var writing = settings.writing
    writing.pnmKind = plan.pnmKind
    return writing
  }

  /// Filters the picture that the reader has come to.
  func flow(
    _ picture: borrowing OpenPicture, by plan: PicturePlan, into writer: PictureWriter,
    _ threads: Int, _ bar: ProgressBar?
  ) throws {
    let reader = picture.reader
    let sink: any RowSink =
      plan.filter.output.color == plan.output.color
      ? writer : OpaqueSink(writer, on: plan.background)
    let team = ThreadTeam(threads: threads)
    var progress: (@Sendable (Int) -> Void)?
    if let bar { progress = { bar.reach($0) } }
    do {
      let source: any RowSource =
        plan.turn == .upright
        ? reader : PictureSource(try reader.readPicture().upright(from: plan.turn))
      try plan.filter.run(
        plan.conversion?.source(source) ?? source, again: plan.again(picture), into: sink,
        team: team, progress: progress)
    } catch CodecError.writeFailed(errno: EPIPE) {
      Interruption.endByPipe()
    } catch let error as CodecError where !error.isAboutOutput {
      throw Outcome.Failure(place: picture.name, error, settings.damage)
    }
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

  /// Runs a step; what it throws is said of `place`.
  func at<Result: ~Copyable>(
    _ place: String, _ body: () throws -> Result
  ) throws(Outcome.Failure) -> Result {
    do {
      return try body()
    } catch let failure as Outcome.Failure {
      throw failure
    } catch {
      throw Outcome.Failure(place: place, error, settings.damage)
    }
  }
}
