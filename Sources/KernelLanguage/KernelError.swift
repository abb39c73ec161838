import Raster
import Text

/// What can be wrong with a kernel that somebody wrote.
public enum KernelError: Error, Equatable, Sendable {
  /// There is no kernel, only blanks.
  case empty
  /// Neither a name nor a file.
  case unknownName(String, suggestion: String?)
  /// The name of a filter that is no weighted sum, and what to do instead.
  case noWeightedSum(String, advice: String)
  /// A key that the kernel does not take.
  case unknownKey(String, kernel: String, keys: [String], suggestion: String?)
  /// A key given twice.
  case repeatedKey(String)
  /// A value that the key does not take.
  case badValue(key: String, value: String, expected: String)
  /// A word where `key=value` should stand.
  case badPair(String, after: String)
  /// `sigma=1,5` where `sigma=1.5` is meant.
  case decimalComma(key: String, value: String, fraction: String)
  /// More numbers than the kernel has parameters, `gaussian:1,2,3,4`.
  case surplusValues(kernel: String, accepted: [String])
  /// Text that does not read as a kernel; `file` is nil for the command line.
  case malformed(KernelTextProblem, at: TextPosition, file: String?)
  /// More taps than fit; sides in taps.
  case tooLarge(width: Int, height: Int, depth: Int, limit: Int)
  /// Even sides and odd sides, or an anchor aside: only quarter turns are defined.
  case cannotTurn(degrees: Double, width: Int, height: Int)
  /// A key for kernels with weights, given to a pooling or an unsharp mask.
  case notAKernel(key: String, stage: String)
  /// `combine=` without a list of kernels.
  case nothingToCombine(String)
  /// A resizing without a size, or with several.
  case notOneSize(stage: String, count: Int)
  /// A stage that needs a word of what it is to do.
  case missingValue(stage: String, example: String)
  /// A key for a stage that takes none.
  case takesNothing(stage: String)
  /// A list whose members cannot be combined: poolings, unsharp masks.
  case cannotCombine(String)
  /// Members of a list that sum over different numbers of channels.
  case mixedDepths(Int, Int)
  /// The file is there but cannot be read; the reason is the system's.
  case unreadableFile(String, reason: String)
  /// A filter of a model that cannot be had; the reason says why.
  case unusableModel(String, reason: String)
}

/// What is wrong at a place of a kernel's text.
public enum KernelTextProblem: Sendable, Hashable {
  /// The word that stands where a number should.
  case notANumber(String)
  /// The word that stands where a whole number from 1 should: a width, a height.
  case notASize(String)
  /// A number beyond what the arithmetic holds.
  case outOfRange(String)
  case scaleIsZero
  /// The header has fewer than two or more than four numbers.
  case header(count: Int)
  /// A row with too few numbers; rows count from 1.
  case shortRow(row: Int, count: Int, width: Int)
  /// A row with too many numbers, or a number after the last row.
  case surplus(String, width: Int, height: Int)
  case missingRows(count: Int, height: Int)
  /// An inline kernel with too few numbers.
  case missingNumbers(count: Int, expected: Int)
  /// A bare list whose length is no odd square.
  case notASquare(count: Int)
  /// Rows that are parted by `;`, which parts kernels.
  case rowsAsList(count: Int)
  case originOutside(x: Int, y: Int, width: Int, height: Int)
  /// Brackets: one of these was expected.
  case expected(String, found: String)
  /// Rows or planes of different lengths.
  case ragged(count: Int, expected: Int)
  case noWeights
  /// All cells are `nan` or `-`.
  case allMasked
}

extension KernelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty:
      "the kernel is empty; give a name (convfilter kernels lists them), a file or numbers"
    case .unknownName(let name, let suggestion):
      "no kernel and no file is called \(quoted(name)); "
        + (suggestion.map { "did you mean '\($0)'?" } ?? "convfilter kernels lists the names")
    case .noWeightedSum(let name, let advice):
      "there is no kernel \(quoted(name)): \(advice)"
    case .unknownKey(let key, let kernel, let keys, let suggestion):
      "'\(kernel.shortened())' has no '\(key.shortened())'; "
        + (suggestion.map { "did you mean '\($0)'?" } ?? "it takes \(keys.joined(separator: ", "))")
    case .repeatedKey(let key):
      "'\(key.shortened())' is given twice; give it once"
    case .badValue(let key, let value, let expected):
      "\(key.shortened())=\(value.shortened()): expected \(expected)"
    case .badPair(let word, let kernel):
      "\(quoted(word)): expected key=value after '\(kernel.shortened()):'"
    case .decimalComma(let key, let value, let fraction):
      "\(key)=\(value),\(fraction.shortened()): a comma separates keys; write a decimal point, "
        + "\(key)=\(value).\(fraction.shortened())"
    case .surplusValues(let kernel, let accepted):
      "too many numbers after '\(kernel.shortened()):'; "
        + (accepted.isEmpty ? "it takes none" : "it takes \(accepted.joined(separator: " or "))")
    case .malformed(let problem, let position, let file):
      (file.map { "\($0):\(position)" } ?? "kernel:\(position)") + ": \(problem)"
    case .tooLarge(let width, let height, let depth, let limit):
      "a kernel of \(width)×\(height)\(depth > 1 ? "×\(depth)" : "") taps is too large"
        + " (at most \(limit) taps); use a smaller one"
    case .cannotTurn(let degrees, let width, let height):
      "a kernel of \(width)×\(height) taps cannot be turned by \(shortest(degrees))°;"
        + " use a multiple of 90, or a kernel with both sides odd or both even and its anchor in the middle"
    case .notAKernel(let key, let stage):
      "'\(stage.shortened())' has no weights, so '\(key.shortened())' means nothing there; leave it out"
    case .nothingToCombine(let stage):
      "'\(stage.shortened())' is one kernel, there is nothing to combine; separate several with ';'"
    case .notOneSize(let stage, let count):
      count == 0
        ? "'\(stage.shortened())' needs a size, as in \(stage):800, \(stage):800x600 or \(stage):50%"
        : "'\(stage.shortened())' has \(count) sizes; give one of width and height, scale, longest or shortest"
    case .missingValue(let stage, let example):
      "'\(stage.shortened())' does not say what it is to do; say \(example)"
    case .takesNothing(let stage):
      "'\(stage.shortened())' takes no keys; leave them out"
    case .cannotCombine(let stage):
      "'\(stage.shortened())' cannot be part of a list; use it as a --kernel of its own"
    case .mixedDepths(let one, let other):
      "kernels of a list must sum over the same number of channels, not \(one) and \(other)"
    case .unreadableFile(let file, let reason):
      // What is longer than a path can be was hardly meant to be one.
      "\(file.utf8.count > 4096 ? file.shortened() : file): \(reason)"
    case .unusableModel(let file, let reason):
      "\(file): \(reason)"
    }
  }
}

extension KernelTextProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notANumber(let word):
      word.isEmpty ? "a number is missing" : "expected a number, found \(quoted(word))"
    case .notASize(let word):
      word.isEmpty
        ? "a width and a height are missing, as in '3 3'"
        : "expected a whole number from 1, found \(quoted(word))"
    case .outOfRange(let word): "\(quoted(word)) is too large a number"
    case .scaleIsZero:
      "the scale is a divisor and cannot be 0; leave it out for the sum of the taps"
    case .header(let count):
      "the first line has \(count) number\(count == 1 ? "" : "s");"
        + " expected 'width height [scale [offset]]'"
    case .shortRow(let row, let count, let width):
      "row \(row) ends after \(count) of \(width) numbers"
    case .surplus(let word, let width, let height):
      "'\(word.shortened())' is surplus; the header says \(width) columns and \(height) rows"
    case .missingRows(let count, let height):
      "the text ends after \(count) of \(height) rows"
    case .missingNumbers(let count, let expected):
      "the kernel ends after \(count) of \(expected) numbers"
    case .notASquare(let count):
      "\(count) numbers make no square with an odd side; write the size first, as in '3x1: 1,2,1', "
        + "and decimals with a point, as in 0.5"
    case .originOutside(let x, let y, let width, let height):
      "the origin +\(x)+\(y) lies outside the \(width)×\(height) taps"
    case .expected(let what, let found):
      "expected \(what), found \(found.isEmpty ? "the end" : quoted(found))"
    case .ragged(let count, let expected):
      "\(count) values here, but \(expected) in the first row or plane; all must be alike"
    case .noWeights: "the brackets hold no number"
    case .rowsAsList(let count):
      "\(count) numbers before ';', which begins another kernel; write the rows one after the other, as in "
        + "'3x3: 1,0,-1, 2,0,-2, 1,0,-1', or [[1,0,-1],[2,0,-2],[1,0,-1]]"
    case .allMasked: "all cells are left out (nan or -), so the kernel has no weight"
    }
  }
}
