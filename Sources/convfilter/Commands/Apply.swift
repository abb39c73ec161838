import ArgumentParser
import KernelLanguage
import Raster

/// Filters pictures.
struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "apply", abstract: "Filter pictures with kernels and poolings.",
    usage: """
      convfilter apply --kernel <spec> ... [<options>] <input> ... <output>
      convfilter apply --kernel <spec> ... [<options>] --in-place <input> ...
      """,
    discussion: """
      Kernels meet the picture as they are written (correlation, as in conv-nets); --flip gives \
      the convolution of mathematics. Several kernels are a chain, applied in the order given; \
      options hold for each kernel that does not set its own (gaussian:padding=wrap).

      Examples:
        convfilter apply -k sharpen cat.png sharp.png
        convfilter apply -k gaussian:sigma=2 -k sobel cat.png edges.png
        convfilter apply -k "3x3: 0,-1,0, -1,5,-1, 0,-1,0" cat.jpg out.jpg
        convfilter apply -k emboss --recursive photos/ embossed/
        convfilter apply -k thumbnail:800x800 -k unsharp in.jpg small.jpg
        convfilter apply -k my-kernel.txt - - < cat.png > out.png
        convfilter apply -k sharpen shards/*.tar sharp/
        convfilter apply @web.recipe --update photos/ web/

      A recipe holds an option a line as it stands here, the rest of the line its value, without \
      quotes; lines that begin with # are comments, kernel files are looked for beside it. Its \
      options stand in the place of @file: those that follow win, or add kernels.

      Results appear whole or not at all. The status is 0, 1 where something failed (the rest is \
      done), 2 where a batch holds no picture, 64 for wrong usage.
      """)

  @OptionGroup(title: "Kernels")
  var kernels: KernelArguments

  @OptionGroup(title: "Windows")
  var geometry: GeometryArguments

  @OptionGroup(title: "Results")
  var results: ResultArguments

  @OptionGroup(title: "Channels")
  var channels: ChannelArguments

  @OptionGroup(title: "Files")
  var files: FileArguments

  @OptionGroup(title: "Places")
  var places: PlaceArguments

  @OptionGroup(title: "Selection")
  var selection: SelectionArguments

  @OptionGroup(title: "Reports")
  var reports: ReportArguments

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Threads (default: one a processor).", valueName: "count"))
  var threads: Int?

  func validate() throws {
    try ThreadCounts.check(threads)
    if places.inPlace && files.format != nil {
      throw ValidationError("--in-place keeps the format of every file; drop --format")
    }
    let template = try places.template(hasFormat: files.format != nil)
    if places.watch && template?.isNumbered == true {
      throw ValidationError(
        "--watch knows no last picture to count to; use --name without {number}")
    }
  }

  func run() throws { try request().run() }

  /// What the words ask for.
  func request() throws -> FilterRequest {
    var options = FilterOptions()
    try geometry.apply(to: &options)
    try results.apply(to: &options)
    try channels.apply(to: &options)
    return FilterRequest(
      kernels: kernels.kernel, options: options, channels: try channels.selection(),
      region: try selection.parsedRegion(), mask: selection.mask,
      background: try selection.parsedBackground(),
      limits: try files.bounds.limits(), memory: try files.bounds.memory(),
      damage: files.tolerateDamage ? .tolerate : .refuse,
      target: try files.target(), writing: try files.writing(),
      keepsMetadata: try files.keepsMetadata(), profile: files.profile,
      takesFirstPicture: files.firstPicture,
      page: files.page, keepsBadMembers: try files.keepsBadMembers(),
      files: places.files, files0From: places.files0From,
      outputDir: places.outputDir, isInPlace: places.inPlace, isRecursive: places.recursive,
      keepsParents: places.parents, template: try places.template(hasFormat: files.format != nil),
      filter: try places.filter(), shard: try places.share(), updating: places.updating,
      watches: places.watch,
      explains: reports.explain,
      existing: places.existing, isDryRun: places.dryRun, preservesTimes: places.preserveTimes,
      json: reports.json, isStrict: reports.strict, isQuiet: reports.quiet,
      isVerbose: reports.verbose, threads: threads)
  }
}
