/// One job for whole programs: our command line and theirs.
struct ProgramJob {
  static let rivals = ["libvips", "ImageMagick", "GraphicsMagick"]

  var name: String
  /// Files or folders that are removed before each run.
  var results: [String]
  var ours: [String]?
  /// In the order of `rivals`; nil where one is left out.
  var others: [[String]?]
  /// The ratio to the first rival that is asked for.
  var target: Double?
  /// Whether results are folders that must be there.
  var wantsFolder = false
  /// Runs that are timed as one.
  var repetitions = 1

  /// The same kernel, quality and chroma sampling for all.
  static func all(program: String, place: String) -> [ProgramJob] {
    let kernel = "3x3: 0,-1,0, -1,5,-1, 0,-1,0"
    let (matrix, flat) = ("\(place)/sharpen.mat", "3x3: 0,-1,0 -1,5,-1 0,-1,0")
    func file(_ name: String, _ input: String, _ output: String, target: Double?) -> ProgramJob {
      let (from, to) = ("\(place)/\(input)", "\(place)/\(output)")
      let quality = to.hasSuffix("jpg") ? ["--quality", "90"] : []
      let option = to.hasSuffix("jpg") ? "[Q=90,subsample_mode=on]" : ""
      let magick = to.hasSuffix("jpg") ? ["-quality", "90"] : []
      return ProgramJob(
        name: name, results: [to],
        ours: [program, "apply", "-q", "-k", kernel] + quality + [from, to],
        others: [
          ["vips", "conv", from, to + option, matrix],
          ["convert", from, "-morphology", "Convolve", flat] + magick + [to],
          ["gm", "convert", from, "-convolve", "0,-1,0,-1,5,-1,0,-1,0"] + magick + [to],
        ], target: target)
    }
    let (small, filtered) = ("\(place)/small", "\(place)/filtered")
    let vips =
      "ls \(small) | xargs -P2 -I@ vips conv \(small)/@ '\(filtered)/@[Q=90,subsample_mode=on]' \(matrix)"
    return [
      file("JPEG → JPEG, 24 MP", "photo.jpg", "out.jpg", target: 1.5),
      file("PNG → PNG, 24 MP", "photo.png", "out.png", target: 4),
      ProgramJob(
        name: "folder of JPEG, 640×480", results: [filtered],
        ours: [program, "apply", "-q", "-k", kernel, "--output-dir", filtered, small],
        others: [
          ["sh", "-c", vips],
          ["sh", "-c", "mogrify -path \(filtered) -morphology Convolve '\(flat)' \(small)/*.jpg"],
          [
            "sh", "-c",
            "to=$(cd \(filtered) && pwd) && cd \(small) && gm mogrify -output-directory $to"
              + " -convolve 0,-1,0,-1,5,-1,0,-1,0 *.jpg",
          ],
        ], target: 10, wantsFolder: true),
      {
        var job = file("start, PNG of 1×1, 20 times", "one.png", "one-out.png", target: nil)
        job.ours?.insert("--force", at: 2)
        job.repetitions = 20
        return job
      }(),
    ]
  }
}
