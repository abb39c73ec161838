import ImageCodecs
import Raster

extension ColorConversion {
  /// Of a picture whose own profile may be of no use: it is left out then, with a word, as viewers do.
  ///
  /// - Returns: nil where the colours are those already.
  static func usable(
    _ format: PictureFormat, _ metadata: Metadata, to target: ColorTarget,
    _ warnings: inout [String]
  ) throws(CodecError) -> ColorConversion? {
    do throws(CodecError) {
      return try ColorConversion(format, metadata, to: target)
    } catch {
      guard case .profileRefused(let detail) = error, metadata.colorProfile != nil else {
        throw error
      }
      warnings.append(
        "its colour profile is of no use (\(detail)): "
          + (format.color == .cmyk ? "it is left out" : "its colours are taken for sRGB"))
      var bare = metadata
      bare.colorProfile = nil
      return try ColorConversion(format, bare, to: target)
    }
  }
}
