import Libc

extension DatasetError: CustomStringConvertible {
  /// What happened and what to do about it.
  public var description: String {
    switch self {
    case .notIDX:
      "not an IDX file; expected two zero bytes, a type and a number of dimensions"
    case .unsupportedIDX(let type, let dimensions):
      "an IDX file of type \(type) with \(dimensions) dimensions; only bytes (type 8) in 1 or 3 "
        + "dimensions are read"
    case .wrongLength(let expected, let found):
      "\(found) bytes where its header asks for \(expected == .max ? "more than can be counted" : "\(expected)"); "
        + "the file is incomplete or damaged; `dataset fetch` replaces it"
    case .countsDiffer(let images, let labels):
      "\(images) images but \(labels) labels; the two files do not belong together"
    case .labelOutOfRange(let label, let classes):
      "label \(label) in a data set of \(classes) classes; the file is damaged or another one"
    case .notRecords(let record, let found):
      "\(found) bytes are not a whole number of records of \(record) bytes; the file is "
        + "incomplete or damaged; `dataset fetch` replaces it"
    case .damagedGzip(let reason):
      "cannot be unpacked (\(reason)); fetch it again: `dataset fetch` replaces what is damaged"
    case .unpacksTooLong(let limit):
      "unpacks to more than \(limit) bytes, which is no file of this data set; fetch it again: "
        + "`dataset fetch` replaces what is damaged"
    case .memory(let error):
      "\(error)"
    case .unreadable(let file, let reason):
      "\(file): cannot be read (\(reason))"
    case .inFile(let file, let problem):
      "\(file): \(problem)"
    case .missingFiles(let dataset, let files):
      "\(dataset): missing \(files.joined(separator: ", "))"
    case .noClasses:
      "no sub-folders; a data set is a folder with one sub-folder of pictures for each class"
    case .noPictures(let others):
      "no pictures; a class is a sub-folder with PNG, JPEG or other picture files in it"
        + (others.map { ", and \($0) is none" } ?? "")
    case .nestedPictures(let folder, let classes):
      "no pictures in its sub-folders, but deeper, in \(folder): classes are the sub-folders of the "
        + "folder that is named; name the folder \(classes) in it, or move the pictures up"
    case .badPictures(let pictures):
      BadPicture.Kind.allCases.compactMap { kind in
        let some = pictures.filter { $0.kind == kind }
        return some.isEmpty ? nil : kind.list(some)
      }.joined(separator: "\n")
    case .badList(_, let reason):
      reason
    case .unknownClass(let name, let known):
      "class \(name) is none of the model's: \(known.prefix(20).joined(separator: ", "))"
        + (known.count > 20 ? ", …" : "")
    case .badFraction(let fraction):
      "a share of \(fraction) cannot be held out; give a number between 0 and 1"
    case .nothingHeldOut(let images, _):
      "no class has two images, of which one could be held out: there are \(images) in all; add some, "
        + "or hold out none with --validation 0"
    case .elsewhere: "another process has failed"
    case .foldersDiffer:
      "the processes find different pictures there; give all of them the same folder"
    case .unknownDataset(let name):
      "no data set is called \(name); known are "
        + KnownDataset.all.map(\.name).joined(separator: ", ") + ", or give a folder"
    case .nothingToFetch(let name):
      "\(name) is built in; there is nothing to fetch"
    case .offline(let dataset, let folder):
      "\(dataset.name) is not here and may not be fetched now; "
        + dataset.placementAdvice(in: folder)
    case .programMissing(let name):
      "the program \(name) is needed and was not found; install it"
    case .programFailed(let name, let code):
      "the program \(name) cannot be run (\(Self.text(code)))"
    case .tooLong(let file, let limit):
      "\(file) has more than the \(limit) bytes of the published file"
    case .downloadFailed(let file, let attempts, let dataset, let folder):
      "\(file) could not be fetched:" + attempts.map { "\n  " + $0 }.joined()
        + "\ntry again, or " + dataset.placementAdvice(in: folder)
    case .unpackingFailed(let file, let reason):
      "\(file) could not be unpacked (\(reason))"
    case .beingFetched(let name):
      "\(name) is being fetched by another process; wait for it"
    case .cannotWrite(let file, let code):
      "\(file): cannot be written (\(Self.text(code)))" + Self.remedy(code)
    }
  }

  private static func text(_ code: Int32) -> String {
    let text = String(cString: strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func remedy(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "; free some space and try again: what is there is kept"
    case EROFS, EACCES, EPERM: "; name a folder that can be written with --data"
    default: ""
    }
  }
}
