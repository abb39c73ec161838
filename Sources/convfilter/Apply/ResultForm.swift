import ImageCodecs
import KernelLanguage
import Raster

/// What the rows look like that a file holds: as the chain yields them, or laid on a colour where the
/// file holds no alpha.
struct ResultForm {
  let format: PictureFormat
  /// Which of the Netpbm family the result is, where its name says so.
  let pnmKind: PNMKind?
  /// What a result with alpha is laid on, where the file holds none: a sample a colour, of floats 0…65535 for 0…1.
  let background: [Int]

  /// - Parameters:
  ///   - result: what the chain yields.
  ///   - pnmKind: the one that is asked for, if it is to be a Netpbm file.
  ///   - chosen: what results are laid on; nil for `own`, which the picture names, or white.
  ///   - warnings: gains what is lost.
  /// - Throws: for what the file cannot hold.
  init(
    _ result: PictureFormat, as fileFormat: FileFormat, pnmKind: PNMKind?,
    background chosen: Metadata.Background?, or own: Metadata.Background?, at place: Job.Output,
    _ warnings: inout [String]
  ) throws(Outcome.Failure) {
    var flat = result
    self.pnmKind = fileFormat == .pnm ? pnmKind : nil
    let name = self.pnmKind?.rawValue.uppercased() ?? fileFormat.name
    let holdsAlpha = fileFormat.holdsAlpha && self.pnmKind?.holdsAlpha != false
    if !holdsAlpha, flat.color.hasAlpha {
      flat.color = flat.color == .rgba ? .rgb : .gray
      let (colors, bits) = (flat.color.channels, flat.sample == .uint8 ? 8 : 16)
      let white = [Int](repeating: 1 << bits - 1, count: colors)
      background = (chosen ?? own)?.fitted(colors: colors, bits: bits)?.map { Int($0) } ?? white
      // Who chose a colour knows.
      if chosen == nil {
        let levels = background.map { level in
          flat.sample == .float32 ? shortest(Double(level) / 65535) : "\(level)"
        }
        let color =
          background == white ? "white" : "its background " + levels.joined(separator: ",")
        warnings.append("\(name) holds no alpha: the result is laid on \(color)")
      }
    } else {
      background = []
    }
    if self.pnmKind?.holdsColor == false, flat.color != .gray {
      throw Outcome.Failure(
        place: "\(place)",
        message: "\(name) holds gray only, the result has colours; name it .ppm or .pnm")
    }
    do throws(CodecError) {
      try PictureWriter.check(flat, in: fileFormat)
    } catch {
      throw Outcome.Failure(place: "\(place)", error)
    }
    format = flat
  }
}
