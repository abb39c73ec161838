import Raster

/// Why a data set cannot be had. Files are named relative to the folder that was asked for.
public enum DatasetError: Error, Equatable {
  // A file's contents.
  case notIDX
  case unsupportedIDX(type: UInt8, dimensions: Int)
  case wrongLength(expected: Int, found: Int)
  case countsDiffer(images: Int, labels: Int)
  case labelOutOfRange(label: Int, classes: Int)
  case notRecords(recordBytes: Int, found: Int)
  case damagedGzip(reason: String)
  case unpacksTooLong(limit: Int)
  case memory(MemoryError)

  // A folder's contents.
  case unreadable(file: String, reason: String)
  case inFile(file: String, problem: String)
  case missingFiles(dataset: String, files: [String])
  case noClasses
  /// Perhaps there are other files, as this one.
  case noPictures(others: String?)
  /// Pictures lie in `folder`, deeper than in a folder of a class; `classes` holds it.
  case nestedPictures(folder: String, classes: String)
  case badPictures([BadPicture])
  case badList(file: String, reason: String)
  case unknownClass(name: String, known: [String])
  case badFraction(Double)
  case nothingHeldOut(images: Int, fraction: Double)

  // Several processes.
  /// Another process says what is wrong.
  case elsewhere
  case foldersDiffer

  // Downloads.
  case unknownDataset(name: String)
  case nothingToFetch(name: String)
  case offline(dataset: KnownDataset, folder: String)
  case programMissing(name: String)
  case programFailed(name: String, code: Int32)
  case tooLong(file: String, limit: Int)
  case downloadFailed(file: String, attempts: [String], dataset: KnownDataset, folder: String)
  case unpackingFailed(file: String, reason: String)
  case beingFetched(name: String)
  case cannotWrite(file: String, code: Int32)
}
