import ImageCodecs
import Raster

extension FilePath {
  /// Whether the name is that of a tar archive.
  var isArchive: Bool { fileExtension == "tar" }

  /// Whether the ending is that of a picture that is read.
  var isPictureName: Bool { FileFormat(fileExtension: fileExtension) != nil }
}
