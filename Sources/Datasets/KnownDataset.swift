/// A data set that is known by name: what it is, where it comes from, which files it is made of.
public struct KnownDataset: Sendable, Equatable {
  /// The name on the command line.
  public let name: String
  public let title: String
  public let height: Int
  public let width: Int
  public let channels: Int
  public let trainCount: Int
  public let testCount: Int
  public let classNames: [String]
  /// In a word or two; "none stated" where the authors say nothing.
  public let licence: String
  public let source: Source

  /// How the files look and what they are called.
  public enum Source: Sendable, Equatable {
    /// Within the program.
    case builtIn
    /// Four IDX files, as they are or compressed with gzip.
    case idx(folder: String, files: IDXFiles)
    /// The binary version of CIFAR, in an archive.
    case cifar(folder: String, CIFARFiles)
  }

  /// The files of MNIST and of whatever took over its format.
  public struct IDXFiles: Sendable, Equatable {
    public let trainImages: PublishedFile
    public let trainLabels: PublishedFile
    public let testImages: PublishedFile
    public let testLabels: PublishedFile

    package init(
      trainImages: PublishedFile, trainLabels: PublishedFile, testImages: PublishedFile,
      testLabels: PublishedFile
    ) {
      self.trainImages = trainImages
      self.trainLabels = trainLabels
      self.testImages = testImages
      self.testLabels = testLabels
    }

    /// In the order in which the authors list them.
    public var all: [PublishedFile] { [trainImages, trainLabels, testImages, testLabels] }
  }

  /// The files of CIFAR's binary version.
  public struct CIFARFiles: Sendable, Equatable {
    public let archive: PublishedFile
    public let train: [PublishedFile]
    public let test: PublishedFile
    public let labelBytes: Int

    package init(
      archive: PublishedFile, train: [PublishedFile], test: PublishedFile, labelBytes: Int
    ) {
      self.archive = archive
      self.train = train
      self.test = test
      self.labelBytes = labelBytes
    }

    /// The files in the archive that are read.
    public var all: [PublishedFile] { train + [test] }
  }

  /// A file with its published checksum.
  public struct PublishedFile: Sendable, Equatable {
    public let name: String
    /// Size, in bytes.
    public let size: Int
    /// MD5 of the file as it is downloaded (or unpacked from a downloaded archive).
    public let md5: String
    /// MD5 of what is in it, where the file is compressed.
    public let contentsMD5: String?
    /// SHA-256 of what is in it, where we have had the file that the published MD5 stands for.
    public let contentsSHA256: String?

    public init(
      _ name: String, size: Int, md5: String, contentsMD5: String? = nil,
      contentsSHA256: String? = nil
    ) {
      self.name = name
      self.size = size
      self.md5 = md5
      self.contentsMD5 = contentsMD5
      self.contentsSHA256 = contentsSHA256
    }

    /// The name without `.gz`.
    public var unpackedName: String {
      name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    }
  }

  /// Addresses of folders that hold the files, the preferred one first.
  public let mirrors: [String]

  package init(
    name: String, title: String, height: Int, width: Int, channels: Int, trainCount: Int,
    testCount: Int, classNames: [String], licence: String, source: Source, mirrors: [String]
  ) {
    self.name = name
    self.title = title
    self.height = height
    self.width = width
    self.channels = channels
    self.trainCount = trainCount
    self.testCount = testCount
    self.classNames = classNames
    self.licence = licence
    self.source = source
    self.mirrors = mirrors
  }

  /// The files that are read.
  public var files: [PublishedFile] {
    switch source {
    case .builtIn: []
    case .idx(_, let files): files.all
    case .cifar(_, let files): files.all
    }
  }

  /// Bytes that a file may unpack to: four times what the largest holds, so that larger sets of the
  /// same format are read while a short file does not stand for gigabytes.
  var contentsLimit: Int {
    4 * (16 + max(trainCount, testCount) * height * width * channels)
  }

  /// What has to be downloaded.
  public var downloads: [PublishedFile] {
    switch source {
    case .builtIn, .idx: files
    case .cifar(_, let files): [files.archive]
    }
  }

  /// Bytes to download.
  public var downloadSize: Int { downloads.reduce(0) { $0 + $1.size } }

  /// The usual name of the folder with the files, or nil for a built-in one.
  public var folderName: String? {
    switch source {
    case .builtIn: nil
    case .idx(let folder, _), .cifar(let folder, _): folder
    }
  }
}
