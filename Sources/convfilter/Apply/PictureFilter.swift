import Archives
import ImageCodecs
import Libc
import PictureFilters
import Raster

/// Filters one picture from file to file.
struct PictureFilter: Sendable {
  let settings: Settings
  let diagnostics: Diagnostics
  /// The files that are read, and a name of each: none of them may be overwritten.
  let inputs: [FileStatus.Identity: FilePath]
  /// What is read besides, as kernels and masks.
  let parts: InputFiles
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
    do throws(Outcome.Failure) {
      let head = job.input == .standardInput ? OpenFile.standardInputHead() : InputHead()
      let isArchive = job.input.isArchive || TarReader.recognises(head.bytes)
      let status: Outcome.Status? =
        isArchive
        ? try archive(job, head.taken, share, in: &outcome)
        : try picture(job, head.taken, share, showsRows: showsRows, in: &outcome)
      guard let status else { return nil }
      outcome.status = status
    } catch {
      outcome.status = .failed(error)
    }
    outcome.seconds = Terminal.now() - start
    return outcome
  }

  /// - Parameters:
  ///   - head: what has been read of standard input already.
  ///   - outcome: gains what there is to say of the picture.
  private func picture(
    _ job: Job, _ head: [UInt8], _ share: Workers.Share, showsRows: Bool,
    in outcome: inout Outcome
  ) throws(Outcome.Failure) -> Outcome.Status? {
    let picture = try at(outcome.input) { try OpenPicture(job, settings, head: head) }
    let place = try at(outcome.result) { try job.output.path.map { try OutputPlace($0) } }
    if try at(outcome.result, { try isKept(place, job, picture.status) }) {
      return .skipped(.exists)
    }
    if share.mayDefer, picture.pixels >= Workers.large { return nil }
    let threads = picture.pixels < Self.small ? 1 : share.threads
    let plan = try plan(picture, job, threads: threads, in: &outcome)
    if settings.isDryRun { return .planned }
    return try holdingMemory(of: plan, threads: threads) { () throws(Outcome.Failure) in
      let file = try at(outcome.result) { try open(place, job.output) }
      _ = try filter(
        picture, by: plan, for: job, into: .descriptor(file.descriptor), threads,
        showing: showsRows ? plan.output.height : nil, in: &outcome)
      return try publish(consume file, at: place, job, picture.status)
    }
  }
}

extension PictureFilter {
  /// Pixels below which more threads cost more than they bring.
  private static let small = 250_000

  /// What is to be done to a picture, noted in the outcome.
  ///
  /// - Throws: also for what takes too much memory, and for warnings that are errors.
  func plan(
    _ picture: borrowing OpenPicture, _ job: Job, threads: Int, in outcome: inout Outcome
  ) throws(Outcome.Failure) -> PicturePlan {
    let plan = try at(outcome.input) { try PicturePlan(picture, job.output, settings) }
    try at(outcome.input) { try plan.checkMemory(threads: threads, within: settings.memory) }
    note(plan, of: picture, job, in: &outcome)
    try noteOthers(picture.reader, job, in: &outcome)
    try refuseWarnings(outcome)
    return plan
  }

  /// Does what takes the memory of a plan, once there is as much.
  func holdingMemory<Result>(
    of plan: PicturePlan, threads: Int, _ body: () throws(Outcome.Failure) -> Result
  ) throws(Outcome.Failure) -> Result {
    let needed = plan.memory(threads: threads)
    memory.take(needed)
    defer { memory.give(needed) }
    return try body()
  }

  /// Filters a picture, and those that follow it in its file.
  ///
  /// - Parameters:
  ///   - threads: that filter it (≥ 1).
  ///   - rows: how many rows a progress line counts, nil for none.
  ///   - outcome: gains what came to light on the way.
  func filter(
    _ picture: borrowing OpenPicture, by plan: PicturePlan, for job: Job,
    into target: ByteSink, _ threads: Int, showing rows: Int?, in outcome: inout Outcome
  ) throws(Outcome.Failure) -> PictureWriter {
    let reader = picture.reader
    let (writer, warnings) = try at(outcome.result) {
      try write(picture, by: plan, for: job, into: target, threads, showing: rows)
    }
    for warning in warnings + plan.warnings(behind: reader, settings)
    where !outcome.warnings.contains(warning) { outcome.warnings.append(warning) }
    try noteOthers(reader, job, in: &outcome)
    try refuseWarnings(outcome)
    return writer
  }

  /// - Returns: the writer, and what it and further pictures warn of.
  private func write(
    _ picture: borrowing OpenPicture, by plan: PicturePlan, for job: Job, into target: ByteSink,
    _ threads: Int, showing rows: Int?
  ) throws -> (writer: PictureWriter, warnings: [String]) {
    let reader = picture.reader
    var late: (@Sendable () -> Metadata)?
    if settings.keepsMetadata, reader.series == nil {
      late = { plan.described(reader.metadata).metadata }
    }
    let writer = try PictureWriter(
      plan.output, as: plan.fileFormat, to: target, options: writing(plan, threads),
      metadata: plan.metadata, keeping: reader.encoding, late: late, series: plan.series,
      time: reader.frameTime)
    let bar = rows.map { ProgressBar(diagnostics, total: $0, unit: "rows") }
    defer { bar?.finish() }
    try flow(picture, by: plan, into: writer, threads, bar)
    if reader.series == nil { return (writer, writer.warnings) }
    let warnings = try filterOthers(of: picture, after: plan, for: job, into: writer, threads)
    return (writer, warnings + writer.warnings)
  }

  /// How a result is written, and by how many threads.
  func writing(_ plan: PicturePlan, _ threads: Int) -> WritingOptions {
    var writing = settings.writing
    writing.pnmKind = plan.form.pnmKind
    writing.threads = threads
    writing.keepsLevels = settings.options.depth == .keep
    return writing
  }

  /// Filters the picture that the reader has come to.
  func flow(
    _ picture: borrowing OpenPicture, by plan: PicturePlan, into writer: PictureWriter,
    _ threads: Int, _ bar: ProgressBar?
  ) throws {
    let reader = picture.reader
    reader.use(threads: threads)
    let sink: any RowSink =
      plan.filter.output.color == plan.output.color
      ? writer : OpaqueSink(writer, on: plan.form.background)
    let team = ThreadTeam(threads: threads)
    var progress: (@Sendable (Int) -> Void)?
    if let bar { progress = { bar.reach($0) } }
    do {
      let source: any RowSource =
        plan.turn == .upright
        ? reader : PictureSource(try reader.readPicture().upright(from: plan.turn))
      try plan.filter.run(
        plan.conversion?.source(source) ?? source, again: plan.again(picture, threads), into: sink,
        team: team, progress: progress)
    } catch CodecError.writeFailed(errno: EPIPE) {
      Interruption.endByPipe()
    } catch let error as CodecError where !error.isAboutOutput {
      throw Outcome.Failure(place: picture.name, error, settings.damage)
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
    try parts.check(existing)
    switch settings.existing {
    case .skip: return true
    case .refuse: throw .resultExists
    case .replace:
      // A file that is gone leaves its number to others, unless it has further names.
      guard let input = inputs[existing.identity] else { return false }
      let now = try FileStatus(input)?.identity
      if existing.names > 1 || now == existing.identity { throw .isAnotherInput }
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
