import ImageCodecs
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension PictureFilter {
  /// Pixels below which more threads cost more than they bring.
  private static let small = 250_000

  /// Whether an existing output stays as it is.
  ///
  /// - Throws: `FileError` where it may not be written.
  func isKept(_ place: OutputPlace?, _ job: Job, _ input: FileStatus) throws(FileError) -> Bool {
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

  /// Filters and writes; the result appears when all went well.
  ///
  /// - Parameter place: nil for standard output.
  func write(
    _ plan: PicturePlan, of picture: borrowing OpenPicture, to place: OutputPlace?, _ job: Job,
    _ share: Schedule.Share, _ showsRows: Bool, _ outcome: inout Outcome
  ) throws(Outcome.Failure) {
    let output = outcome.output!
    let file = try at(output) { try open(place, job.output) }
    let head = plan.metadata(picture.reader, settings)
    try at(output) { try run(plan, picture, file.descriptor, head, share, showsRows) }
    outcome.warnings += picture.reader.warnings
    outcome.warnings += plan.lostBehindPixels(picture.reader, settings, head: head)
    if picture.reader.isDamaged { outcome.warnings.append("is damaged; parts of it are made up") }
    try refuseWarnings(outcome)
    // A result that a power failure takes can be made again, unless it took its input's place.
    let isLast = if case .inPlace = job.output { true } else { false }
    do {
      try file.publish(
        replacing: place?.existing, mayReplace: settings.existing == .replace, durable: isLast,
        times: settings.preservesTimes ? picture.status : nil)
    } catch {
      throw Outcome.Failure(place: output, message: "\(error)")
    }
  }

  private func open(_ place: OutputPlace?, _ output: Job.Output) throws(FileError) -> ResultFile {
    guard let place else { return try .standardOutput() }
    if case .file(_, makesFolders: true) = output { try OutputPlace.makeFolders(to: place.path) }
    return try ResultFile(place)
  }

  private func run(
    _ plan: PicturePlan, _ picture: borrowing OpenPicture, _ descriptor: Int32,
    _ metadata: Metadata, _ share: Schedule.Share, _ showsRows: Bool
  ) throws {
    let reader = picture.reader
    var late: (@Sendable () -> Metadata)?
    if settings.keepsMetadata { late = { reader.metadata } }
    let writer = try PictureWriter(
      plan.output, as: plan.fileFormat, to: .descriptor(descriptor), options: settings.writing,
      metadata: metadata, keeping: reader.encoding,
      late: late)
    let sink: any RowSink =
      plan.filter.output.color == plan.output.color ? writer : OpaqueSink(writer)
    let team = ThreadTeam(threads: picture.pixels < Self.small ? 1 : share.threads)
    let rows = showsRows ? ProgressBar(diagnostics, total: plan.output.height, unit: "rows") : nil
    defer { rows?.finish() }
    var progress: (@Sendable (Int) -> Void)?
    if let rows { progress = { rows.reach($0) } }
    do {
      let source: any RowSource =
        plan.turn == .upright
        ? reader : PictureSource(try reader.readPicture().upright(from: plan.turn))
      try plan.filter.run(source, into: sink, team: team, progress: progress)
    } catch CodecError.writeFailed(errno: EPIPE) where descriptor == 1 {
      exit(ExitStatus.brokenPipe)
    } catch let error as CodecError where !error.isAboutOutput {
      throw Outcome.Failure(place: "\(picture.name)", message: error.remedied)
    }
  }
}

extension CodecError {
  /// Whether it is the fault of the file that is written.
  var isAboutOutput: Bool {
    switch self {
    case .writeFailed, .cannotStore, .tooLargeToStore: true
    default: false
    }
  }
}
