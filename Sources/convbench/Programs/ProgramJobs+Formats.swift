/// The same filter from and to each format, beside libvips with the same quality and effort, and what reading
/// and writing take without any filter.
extension ProgramJobs {
  private struct Format {
    var name: String
    var ending: String
    /// What makes the input of `photo.png`, and the result, as the defaults of both programs differ.
    var ours: [String] = []
    var theirs = ""
    /// libvips does not know the format.
    var isOurs = false
    /// Sums of libvips are floats unless told otherwise, and files of them four times as large.
    var precision = ["--precision", "integer"]
  }

  private static let all = [
    Format(name: "PNG", ending: "png"),
    Format(
      name: "JPEG", ending: "jpg", ours: ["--quality", "90"], theirs: "[Q=90,subsample_mode=off]"),
    Format(
      name: "progressive JPEG", ending: "progressive.jpg",
      ours: ["--quality", "90", "--progressive", "yes"],
      theirs: "[Q=90,subsample_mode=off,interlace]"),
    Format(
      name: "TIFF, deflate", ending: "tif", ours: ["--compression", "deflate"],
      theirs: "[compression=deflate,predictor=horizontal]"),
    Format(
      name: "TIFF, none", ending: "plain.tif", ours: ["--compression", "none"],
      theirs: "[compression=none]"),
    Format(name: "WebP", ending: "webp", ours: ["--quality", "75"], theirs: "[Q=75]"),
    Format(name: "JPEG XL", ending: "jxl", ours: ["--quality", "90"], theirs: "[Q=90,effort=7]"),
    Format(
      name: "AVIF", ending: "avif", ours: ["--quality", "50"],
      theirs: "[Q=50,effort=3,compression=av1]"),
    Format(name: "PNM", ending: "ppm"),
    Format(name: "NumPy", ending: "npy", isOurs: true),
    Format(name: "PFM", ending: "pfm", ours: ["--depth", "f32"], precision: []),
  ]

  /// What makes the inputs, each of `photo.png`; the last word is the file.
  var formatInputs: [[String]] {
    Self.all.map { format in
      [program, "apply", "-q", "-f", "-k", "identity"] + format.ours
        + ["\(place)/photo.png", "\(place)/format.\(format.ending)"]
    }
  }

  var formats: [ProgramJob] {
    Self.all.flatMap { format in
      let from = "\(place)/format.\(format.ending)"
      let to = "\(place)/format-out.\(format.ending)"
      func job(_ name: String, _ kernel: String, _ vips: [String]) -> ProgramJob {
        ProgramJob(
          group: "formats, 24 MP", name: name, results: [to],
          ours: [program, "apply", "-q", "-k", kernel] + format.ours + [from, to],
          others: [format.isOurs ? nil : vips, nil, nil],
          targets: [kernel == "identity" || format.isOurs ? nil : 1.5, nil, nil])
      }
      return [
        job(
          format.name, Self.ownKernel,
          ["vips", "conv", from, to + format.theirs, matrix] + format.precision),
        job(
          format.name + ", codec alone", "identity", ["vips", "copy", from, to + format.theirs]),
      ]
    }
  }
}
