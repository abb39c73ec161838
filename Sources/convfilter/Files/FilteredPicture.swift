import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster

/// A picture file, read and filtered into memory, upright, gray or RGB without alpha.
struct FilteredPicture {
  let picture: Picture
  /// Pixels of the file's picture, upright.
  let source: (width: Int, height: Int)
  /// Whether it had alpha, and lies on white now.
  let wasTransparent: Bool
  /// What the file holds besides its first picture, in words; nil for nothing.
  let others: String?

  /// Says that only the first picture of a file is shown, where there are others.
  func noteOthers(_ file: FilePath, _ diagnostics: Diagnostics) {
    guard let others else { return }
    diagnostics.warning(
      "holds \(others) besides its first picture, which alone is shown", at: "\(file)")
  }

  /// - Parameters:
  ///   - settings: its stages are run; a file's turn is obeyed, whatever they are.
  ///   - side: the longest side that it may have, in pixels; stages that make it smaller are added.
  ///   - shrink: makes a stage that brings a picture to that side.
  /// - Throws: `CommandFailure`, which names the file.
  static func read(
    _ file: FilePath, _ settings: PictureFilter.Settings, threads: Int,
    atMost side: Int? = nil, shrink: (Int) throws -> Stage
  ) throws -> (result: FilteredPicture, isSmaller: Bool) {
    var settings = settings
    settings.format = .png
    settings.keepsMetadata = false
    settings.takesFirstPicture = settings.page == nil
    let job = Job(
      input: file == FilePath("-") ? .standardInput : .file(file), output: .standardOutput)
    do {
      var opened = try OpenPicture(job, settings)
      if opened.reader.format.sample == .float32 { throw Self.noLevels(opened.name) }
      var plan = try PicturePlan(opened, job.output, settings)
      var isSmaller = false
      if let side, max(plan.filter.output.width, plan.filter.output.height) > side {
        settings.stages.append(try shrink(side))
        // A decoder that leaves out detail is told so once.
        if job.input.path != nil { opened = try OpenPicture(job, settings) }
        plan = try PicturePlan(opened, job.output, settings)
        isSmaller = true
      }
      return (try FilteredPicture(opened, plan, settings, threads: threads), isSmaller)
    } catch let failure as Outcome.Failure {
      throw CommandFailure(failure.message, at: failure.place)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      let said = Outcome.Failure(place: "\(job.input)", error, settings.damage)
      throw CommandFailure(said.message, at: said.place)
    }
  }

  private static func noLevels(_ name: String) -> Outcome.Failure {
    Outcome.Failure(
      place: name,
      message:
        "its samples are real numbers, which no screen shows; make a PNG of it with apply, as by "
        + "-k identity --range auto --depth 8")
  }

  private init(
    _ opened: borrowing OpenPicture, _ plan: PicturePlan, _ settings: PictureFilter.Settings,
    threads: Int
  ) throws {
    let output = plan.filter.output
    try settings.memory.check(
      plan.memory(threads: threads).saturatingSum(output.pictureBytes), for: "the picture",
      remedy: "make it smaller first")
    if output.sample == .float32 { throw Self.noLevels(opened.name) }
    let reader = opened.reader
    reader.use(threads: threads)
    let from: any RowSource =
      plan.turn == .upright
      ? reader : PictureSource(try reader.readPicture().upright(from: plan.turn))
    let colors = output.color.colorChannels
    var flat = output
    flat.color = colors == 1 ? .gray : .rgb
    let sink = PictureSink(flat)
    let white = [Int](repeating: Int(output.sample.maximum), count: colors)
    try plan.filter.run(
      from, into: output.color.hasAlpha ? OpaqueSink(sink, on: white) : sink,
      team: ThreadTeam(threads: threads))
    picture = sink.picture
    source = (plan.filter.input.width, plan.filter.input.height)
    wasTransparent = output.color.hasAlpha
    others = reader.others.isEmpty ? nil : reader.others.joined(separator: ", ")
  }
}
