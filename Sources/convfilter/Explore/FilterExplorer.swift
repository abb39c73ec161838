import ArgumentParser
import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster
import Reports
import Text

/// Makes the page of a chain of filters on a picture.
struct FilterExplorer {
  /// As they were given.
  let kernels: [String]
  let options: FilterOptions
  /// The words of the command line that say the options.
  let words: [String]
  let limits: Limits
  let memory: MemoryLimit
  let threads: Int
  /// The longest side that the page shows, in pixels.
  let side: Int
  let diagnostics: Diagnostics

  /// The stages that the page only shows the result of, and those that it shows the work of, with their
  /// steps.
  private func parts() throws -> (before: [Stage], shown: [(Stage, [ExploredStage.Step])]) {
    let stages = try kernels.map { try KernelArguments.stage($0, of: "--kernel ") }
    let steps = stages.map { ExploredStage.steps($0, options) }
    let first = steps.lastIndex { $0 == nil }.map { $0 + 1 } ?? 0
    guard first < stages.count else {
      if case .neighbourhood(.nonLocalMeans(let kind)) = stages[first - 1].operation {
        throw ValidationError(
          "--kernel '\(kernels.last!.shortened())': every sample is a mean of \(kind.search)×\(kind.search), each weighed by "
            + "\(kind.template)×\(kind.template) differences, too many to be shown; 'convfilter sheet' shows what it "
            + "does, and a page can show filters behind it")
      }
      throw ValidationError(
        "--kernel '\(kernels.last!.shortened())': a page shows filters, whose windows see neighbours; put this change "
          + "before one, or use 'convfilter sheet' to see what it does")
    }
    return (Array(stages[..<first]), (first..<stages.count).map { (stages[$0], steps[$0]!) })
  }

  /// - Throws: `CommandFailure`, `ValidationError` or `FilterError`.
  func page(_ file: FilePath) throws -> WebPage {
    let (before, parts) = try parts()
    let shown = parts.map(\.0)
    if options.range == .auto {
      throw ValidationError(
        "--range auto looks at the whole picture before it yields a sample; use clamp, abs or offset"
      )
    }
    let isPlain =
      options.scale == .asGiven && options.normalization == .none && options.offset == .levels(0)
      && options.range == .clamp
    if !isPlain, before.contains(where: { $0.operation.hasKernel }) {
      throw ValidationError(
        "--scale, --offset, --normalize and --range could mean several steps here; say it of one, as "
          + "in sobel-x:offset=128")
    }
    var request = FilterRequest()
    request.kernels = Array(kernels[..<before.count])
    request.limits = limits
    request.memory = memory
    let (read, isSmaller) = try FilteredPicture.read(
      file, request.settings(), threads: threads, atMost: side
    ) { try KernelArguments.stage(Self.thumbnail($0)) }
    read.noteOthers(file, diagnostics)
    let picture = read.picture
    let targets = shown.targets
    let top = picture.format.sample.maximum
    let explored = try parts.enumerated().flatMap { index, part in
      try CommandFailure.at("--kernel '\(part.0.name.shortened())'") {
        try part.1.map {
          try ExploredStage($0, options, isTarget: targets.contains(index), top: top)
        }
      }
    }
    let result = try CommandFailure.at("\(file)") { try filtered(picture, shown) }
    let prelude = Array(kernels[..<before.count]) + (isSmaller ? [Self.thumbnail(side)] : [])
    let title = kernels.joined(separator: " → ") + " on " + file.shown
    return WebPage(
      .filter, title: title,
      data: [
        "title": .string(title), "lead": .string(lead(read, prelude, shown)),
        "file": .string("\(file)"), "prelude": .array(prelude.map(JSON.string)),
        "command": .string(command(prelude + kernels[before.count...], "\(file)")),
        "range": .string(options.range.key),
        "anchor": options.anchor.map { [.integer($0.x), .integer($0.y)] } ?? .null,
        "stages": .array(explored.map { $0.json(anchor: options.anchor) }),
        "picture": Self.json(picture), "expected": Self.json(result),
        "presets": .array(Self.presets),
      ])
  }

  private static func thumbnail(_ side: Int) -> String { "thumbnail:\(side)x\(side)" }

  /// What the command makes of the picture that the page shows.
  private func filtered(_ picture: Picture, _ stages: [Stage]) throws -> Picture {
    let plan = try FilterPlan(input: picture.format, stages: stages, options: options)
    try plan.check(threads: threads, more: 0, within: memory)
    let sink = PictureSink(plan.output)
    try plan.run(PictureSource(picture), into: sink, team: ThreadTeam(threads: threads))
    return sink.picture
  }

  private func lead(_ read: FilteredPicture, _ prelude: [String], _ shown: [Stage]) -> String {
    let format = read.picture.format
    var parts = shown.flatMap(\.kernels).map(\.title).filter { !$0.isEmpty }.prefix(1).map { $0 }
    if !prelude.isEmpty {
      parts.append(
        "the picture of \(read.source.width) × \(read.source.height) pixels is shown at "
          + "\(format.width) × \(format.height), after \(prelude.joined(separator: ", "))")
    }
    if read.wasTransparent { parts.append("what is transparent lies on white here") }
    return parts.joined(separator: "; ")
  }

  /// The command that makes the result.
  private func command(_ chain: [String], _ file: String) -> String {
    (["convfilter", "apply"] + chain.flatMap { ["-k", $0] } + words + [file, "out.png"])
      .map(shellQuoted).joined(separator: " ")
  }

  /// Kernels to try in the place of the given one.
  private static var presets: [JSON] {
    KernelCatalog.sorted.compactMap { named in
      guard case .correlate(let kernel)? = try? named.standard().operation, kernel.depth == 1,
        max(kernel.width, kernel.height) <= 9
      else { return nil }
      return [
        "name": .string(named.name), "title": .string(named.title),
        "kernel": ExploredStage.json(kernel),
      ]
    }
  }

  /// A picture for a page: samples row by row, 16 bits with the little end first.
  private static func json(_ picture: Picture) -> JSON {
    let format = picture.format
    let bytes =
      format.sample == .uint8
      ? picture.samples(as: UInt8.self)
      : picture.samples(as: UInt16.self).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    return [
      "width": .integer(format.width), "height": .integer(format.height),
      "channels": .integer(format.color.channels), "top": .integer(Int(format.sample.maximum)),
      "samples": .string(Base64.encode(bytes)),
    ]
  }
}

extension ResultRange {
  /// As `--range` names it.
  fileprivate var key: String {
    switch self {
    case .clamp: "clamp"
    case .absolute: "abs"
    case .offset: "offset"
    case .auto: "auto"
    }
  }
}
