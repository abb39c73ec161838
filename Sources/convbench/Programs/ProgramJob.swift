/// One job for whole programs: our command line and theirs.
struct ProgramJob {
  static let rivals = ["libvips", "ImageMagick", "GraphicsMagick"]

  var group = "files"
  var name: String
  /// Files or folders that are removed before each run.
  var results: [String]
  var ours: [String]?
  /// In the order of `rivals`; nil where one is left out.
  var others: [[String]?]
  /// The ratios that are asked for, in the order of `rivals`.
  var targets: [Double?] = [nil, nil, nil]
  /// The picture that all programs make alike, or nil where it is too small for some.
  var compared: String?
  /// Whether results are folders that must be there.
  var wantsFolder = false
  /// Runs that are timed as one.
  var repetitions = 1
}

/// The jobs of one program, on pictures in one folder: the same kernel, quality and chroma
/// sampling for all.
struct ProgramJobs {
  /// The program measured.
  let program: String
  /// The folder of the pictures.
  let place: String
  /// Pictures in the folder `small`.
  let files: Int

  static let ownKernel = "3x3: 0,-1,0, -1,5,-1, 0,-1,0"
  private static let magickKernel = "3x3: 0,-1,0 -1,5,-1 0,-1,0"
  private static let graphicsKernel = "0,-1,0,-1,5,-1,0,-1,0"
  var matrix: String { "\(place)/sharpen.mat" }

  /// The jobs with targets.
  var targets: [ProgramJob] {
    var folder = folder("\(files) JPEG files of 640×480", "small")
    folder.targets = [10, 6, 3]
    var start = file("start, PNG of 1×1, 20 times", "one.png", "one-out.png")
    start.ours?.insert("--force", at: 2)
    start.repetitions = 20
    start.targets = [nil, 1.5, nil]
    start.compared = nil
    var (jpeg, png) = (
      file("JPEG → JPEG, 24 MP", "photo.jpg", "out.jpg"),
      file("PNG → PNG, 24 MP", "photo.png", "out.png")
    )
    jpeg.targets[0] = 1.5
    png.targets[0] = 4
    return [jpeg, png, folder, start, thumbnail]
  }

  /// How the cost grows with pixels and files; rivals are left out where it would take them minutes.
  var growth: [ProgramJob] {
    var jobs: [ProgramJob] = []
    for megapixels in [1, 6, 24, 100, 400] {
      var job = file("\(megapixels) MP", "grown-\(megapixels).png", "grown.png")
      job.group = "pixels, PNG → PNG"
      if megapixels > 24 { job.others[1...2] = [nil, nil] }
      jobs.append(job)
    }
    for count in [1, 10, 100, 1000, 10_000] {
      var job = folder("\(count)", "small-\(count)")
      job.group = "number of files, JPEG → JPEG, 640×480"
      if count > 100 { job.others = [nil, nil, nil] }
      jobs.append(job)
    }
    return jobs
  }

  private func file(_ name: String, _ input: String, _ output: String) -> ProgramJob {
    let (from, to) = ("\(place)/\(input)", "\(place)/\(output)")
    let isJPEG = to.hasSuffix("jpg")
    let quality = isJPEG ? ["--quality", "90"] : []
    let magick = isJPEG ? ["-quality", "90"] : []
    return ProgramJob(
      name: name, results: [to],
      ours: [program, "apply", "-q", "-k", Self.ownKernel] + quality + [from, to],
      others: [
        ["vips", "conv", from, to + (isJPEG ? "[Q=90,subsample_mode=on]" : ""), matrix],
        ["convert", from, "-morphology", "Convolve", Self.magickKernel] + magick + [to],
        ["gm", "convert", from, "-convolve", Self.graphicsKernel] + magick + [to],
      ], compared: to)
  }

  /// A large JPEG file to 800 columns, each by its own way of decoding it smaller; results differ by as much
  /// as these do.
  private var thumbnail: ProgramJob {
    let (from, to) = ("\(place)/photo.jpg", "\(place)/small.jpg")
    let magick = [
      "convert", "-size", "1600x1600", from, "-thumbnail", "800x", "-quality", "90", to,
    ]
    return ProgramJob(
      name: "JPEG → JPEG, 24 MP to 800 wide", results: [to],
      ours: [program, "apply", "-q", "-k", "thumbnail:width=800", "--quality", "90", from, to],
      others: [
        ["vipsthumbnail", from, "-s", "800x", "-o", "small.jpg[Q=90,subsample_mode=on]"], magick,
        ["gm"] + magick,
      ], targets: [1.5, nil, nil])
  }

  private func folder(_ name: String, _ input: String) -> ProgramJob {
    let (from, to) = ("\(place)/\(input)", "\(place)/filtered")
    let vips =
      "ls \(from) | xargs -P2 -I@ vips conv \(from)/@ '\(to)/@[Q=90,subsample_mode=on]' \(matrix)"
    return ProgramJob(
      name: name, results: [to],
      ours: [program, "apply", "-q", "-k", Self.ownKernel, "--output-dir", to, from],
      others: [
        ["sh", "-c", vips],
        [
          "sh", "-c",
          "mogrify -path \(to) -morphology Convolve '\(Self.magickKernel)' -quality 90 \(from)/*.jpg",
        ],
        [
          "sh", "-c",
          "to=$(cd \(to) && pwd) && cd \(from) && gm mogrify -output-directory $to"
            + " -convolve \(Self.graphicsKernel) -quality 90 *.jpg",
        ],
      ], compared: to + "/00000.jpg", wantsFolder: true)
  }
}
