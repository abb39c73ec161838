import Raster
import Text

extension KnownDataset {
  /// Reads the data set from a folder that holds its files, or from the program.
  ///
  /// - Parameters:
  ///   - folder: where the files lie; not looked at for a built-in data set.
  ///   - memory: what the images may take while they are read.
  /// - Throws: `DatasetError.missingFiles`, `.memory` before anything is read, or `.inFile` naming the
  ///   file and what is wrong with it.
  public func load(
    from folder: DataFolder?, memory: MemoryLimit = .none
  ) throws(DatasetError) -> Dataset {
    switch source {
    case .builtIn:
      return try loadBuiltIn()
    case .idx(_, let files):
      let folder = folder ?? DataFolder(".")
      try requireFiles(in: folder)
      try check(memory, in: folder)
      return Dataset(
        name: name, classNames: classNames,
        train: try images(files.trainImages, files.trainLabels, in: folder),
        test: try images(files.testImages, files.testLabels, in: folder))
    case .cifar(_, let files):
      let folder = folder ?? DataFolder(".")
      try requireFiles(in: folder)
      try check(memory, in: folder)
      return Dataset(
        name: name, classNames: classNames,
        train: try records(files.train, files.labelBytes, in: folder),
        test: try records([files.test], files.labelBytes, in: folder))
    }
  }

  /// The files that a folder lacks; empty when it is complete.
  ///
  /// A file may stand there compressed or not.
  public func missingFiles(in folder: DataFolder) -> [String] {
    files.filter { Self.present($0, in: folder) == nil }.map(\.name)
  }

  /// The files that a folder has.
  public func present(in folder: DataFolder) -> [FilePath] {
    files.compactMap { Self.present($0, in: folder) }.map { folder.path.appending($0) }
  }

  /// The name under which a file stands in a folder: unpacked for preference.
  static func present(_ file: PublishedFile, in folder: DataFolder) -> String? {
    [file.unpackedName, file.name].first { folder.size($0) != nil }
  }

  /// Files and images are held at the same time.
  private func check(_ memory: MemoryLimit, in folder: DataFolder) throws(DatasetError) {
    var needed = 0
    for file in files {
      guard let name = Self.present(file, in: folder), let size = folder.size(name)
      else { continue }
      needed = needed.saturatingSum(size)
      if name.hasSuffix(".gz") {
        // The last four bytes tell the length; should they lie, the limit of what is unpacked holds.
        let end = try? folder.read(FilePath(name), from: max(0, size - 4), count: min(4, size))
        let told = (end ?? []).reversed().reduce(0) { $0 << 8 | Int($1) }
        needed = needed.saturatingSum(2 * min(told, contentsLimit))
      } else {
        needed = needed.saturatingSum(size)
      }
    }
    do {
      try memory.check(needed, for: "reading the images", remedy: "use a smaller data set")
    } catch { throw .memory(error) }
  }

  /// The contents of a file, unpacked, and the name under which it was found.
  ///
  /// - Parameter limit: bytes that it may unpack to; nil for what the data set's files may.
  func contents(
    _ file: PublishedFile, in folder: DataFolder, limit: Int? = nil
  ) throws(DatasetError) -> (name: String, bytes: [UInt8]) {
    guard let name = Self.present(file, in: folder) else {
      throw .missingFiles(dataset: self.name, files: [file.name])
    }
    let bytes = try folder.read(name)
    guard name.hasSuffix(".gz") else { return (name, bytes) }
    do { return (name, try Gzip.unpack(bytes, limit: limit ?? contentsLimit)) } catch {
      throw error.inFile(name)
    }
  }

  private func requireFiles(in folder: DataFolder) throws(DatasetError) {
    let missing = missingFiles(in: folder)
    if !missing.isEmpty { throw .missingFiles(dataset: name, files: missing) }
  }

  private func images(
    _ images: PublishedFile, _ labels: PublishedFile, in folder: DataFolder
  ) throws(DatasetError) -> LabelledImages {
    let (imageName, imageBytes) = try contents(images, in: folder)
    let (labelName, labelBytes) = try contents(labels, in: folder)
    return try idx(imageName, imageBytes, labelName, labelBytes)
  }

  private func idx(
    _ imageName: String, _ imageBytes: [UInt8], _ labelName: String, _ labelBytes: [UInt8]
  ) throws(DatasetError) -> LabelledImages {
    let images: IDX
    let labels: IDX
    do { images = try IDX(imageBytes) } catch { throw error.inFile(imageName) }
    do { labels = try IDX(labelBytes) } catch { throw error.inFile(labelName) }
    do {
      return try LabelledImages(images: images, labels: labels, classes: classNames.count)
    } catch { throw error.inFile(labelName) }
  }

  private func records(
    _ files: [PublishedFile], _ labelBytes: Int, in folder: DataFolder
  ) throws(DatasetError) -> LabelledImages {
    var contents: [[UInt8]] = []
    for file in files {
      let (name, bytes) = try self.contents(file, in: folder)
      guard bytes.count % (labelBytes + 3072) == 0 else {
        throw DatasetError.notRecords(recordBytes: labelBytes + 3072, found: bytes.count)
          .inFile(name)
      }
      contents.append(bytes)
    }
    do {
      return try CIFARRecords.read(contents, labelBytes: labelBytes, classes: classNames.count)
    } catch { throw error.inFile(files.map(\.name).joined(separator: ", ")) }
  }

  private func loadBuiltIn() throws(DatasetError) -> Dataset {
    func file(_ name: String) throws(DatasetError) -> [UInt8] {
      guard let entry = EmbeddedFiles.base64.first(where: { $0.name == name }) else {
        preconditionFailure("\(name) is not embedded")
      }
      return try Gzip.unpack(Base64.decode(entry.text), limit: contentsLimit)
    }
    func pair(_ prefix: String) throws(DatasetError) -> LabelledImages {
      let (images, labels) = ("\(prefix)-images-idx3-ubyte", "\(prefix)-labels-idx1-ubyte")
      return try idx(images, try file(images + ".gz"), labels, try file(labels + ".gz"))
    }
    return Dataset(
      name: name, classNames: classNames, train: try pair("train"), test: try pair("t10k"))
  }
}
