import Raster
import Text

/// What can be wrong with descriptions, data and files of networks.
public enum NetworkError: Error, Equatable, Sendable {
  // Descriptions.
  case emptyDescription
  case unknownLayer(String, at: TextPosition, suggestion: String?)
  case unexpected(String, in: String, at: TextPosition, expected: String)
  case missingArgument(String, of: String, at: TextPosition)
  case valueOutOfRange(String, of: String, at: TextPosition, allowed: String)
  case repeated(String, of: String, at: TextPosition)
  case unbalancedBrace(at: TextPosition)
  case misplacedInput(at: TextPosition)
  case tooDeep(at: TextPosition, deepest: Int)
  // Shapes.
  case windowTooLarge(layer: String, window: Int, padded: Int)
  case needsFlat(layer: String, input: FeatureShape)
  case needsMap(layer: String, input: FeatureShape)
  case shortcutMismatch(layer: String, body: FeatureShape, shortcut: FeatureShape)
  case gateMismatch(layer: String, body: FeatureShape, input: FeatureShape)
  case unevenGroups(layer: String, groups: Int, channels: Int)
  case whiteningFilters(layer: String, filters: Int, most: Int)
  case whiteningGroups(layer: String)
  case whiteningWindow(layer: String, input: FeatureShape)
  case whiteningNotFirst(layer: String)
  case tooLarge(layer: String)
  case tooSlow(layer: String)
  case lastLayerNotFlat(FeatureShape)
  /// What is wrong with the layer that is described there.
  indirect case misfit(at: TextPosition, NetworkError)
  case classCount(outputs: Int, classes: Int)
  // Data and settings.
  case inputShape(model: FeatureShape, data: FeatureShape)
  case labelOutOfRange(label: Int, classes: Int)
  case noExamples
  case singleExample(layer: String)
  case invalidSetting(String, allowed: String)
  case classWeightCount(weights: Int, classes: Int)
  // Files.
  case notSafetensors(String)
  case damaged(String)
  case imageTooLarge(FeatureShape, side: Int)
  case foreign(String)
  case foreignFile(ForeignFile)
  case misfits(network: String, [TensorMisfit])
  case missingTensor(String)
  case noHead(network: String, tensor: String)
  case unexpectedTensor(String)
  case tensorShape(String, expected: [Int], found: [Int])
  case newerFormat(Int)
  case notACheckpoint
  case resumeMismatch(String)
  // Going on from a trained model.
  case lastLayerNotDense(String)
  case nothingLearns(String)
  case notExportable(String)
  // Looking inside.
  case unknownLayerName(String, known: [String])
  case notAConvolution(String)
  case filterOutOfRange(String, filters: Int)
  case notFirstLayer(String)
}

extension NetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyDescription:
      "the description has no layers; write, say, \"flatten; dense 10\""
    case .unknownLayer(let word, let at, let suggestion):
      "\(at): there is no layer \"\(word.shortened())\""
        + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "; layers are \(LayerWords.list)")
    case .unexpected(let word, let layer, let at, let expected):
      "\(at): \"\(word.shortened())\" means nothing to \(layer); it takes \(expected)"
    case .missingArgument(let what, let layer, let at):
      "\(at): \(layer) needs \(what)"
    case .valueOutOfRange(let word, let layer, let at, let allowed):
      "\(at): \"\(word.shortened())\" is out of range for \(layer); allowed: \(allowed)"
    case .repeated(let word, let layer, let at):
      "\(at): \(layer) is told its \(word) twice; keep one"
    case .unbalancedBrace(let at):
      "\(at): this brace has no partner"
    case .misplacedInput(let at):
      "\(at): input stands before the layers, once, as \"input 32x32x3\""
    case .tooDeep(let at, let deepest):
      "\(at): blocks lie within blocks \(deepest) deep at most; write them one behind the other"
    case .windowTooLarge(let layer, let window, let padded):
      "\(layer): the window spans \(window) samples but the padded map has only \(padded);"
        + " use a smaller window, padding (same), fewer poolings before it, or larger images"
    case .needsFlat(let layer, let input):
      "\(layer): takes a flat input, not \(input); put flatten (or globalavgpool) before it"
    case .needsMap(let layer, let input):
      "\(layer): takes a map of height × width × channels, but its input is flat (\(input))"
    case .shortcutMismatch(let layer, let body, let shortcut):
      "\(layer): the body yields \(body) and the shortcut \(shortcut); they are added, so they must"
        + " agree (shortcut { conv … 1x1 } changes channels and size)"
    case .gateMismatch(let layer, let body, let input):
      "\(layer): the body yields \(body), which cannot weigh \(input); it must end in one value a channel"
        + " (\(input.isFlat ? "" : "globalavgpool; ")dense \(input.isFlat ? input.count : input.channels) sigmoid)"
        + " or in that shape"
    case .unevenGroups(let layer, let groups, let channels):
      "\(layer): \(channels) channels can't be cut into \(groups) equal groups; groups must divide them"
    case .whiteningFilters(let layer, let filters, let most):
      "\(layer): patches of this size are whitened by an even number of filters up to \(most), not "
        + "\(filters): one for each direction, and its negative"
    case .whiteningGroups(let layer):
      "\(layer): what whitens sees all channels of a patch; leave out groups, or whitened"
    case .whiteningWindow(let layer, let input):
      "\(layer): no patch of this size lies within images of \(input); use a smaller kernel size or "
        + "dilation, or leave out whitened"
    case .whiteningNotFirst(let layer):
      "\(layer): only the first layer can be whitened, as it sees the images"
    case .tooLarge(let layer):
      "\(layer): too many values for this machine; use fewer channels or a smaller input"
    case .tooSlow(let layer):
      "\(layer): an image would take more than a million million operations; use smaller windows, "
        + "fewer channels or a smaller input"
    case .misfit(let at, let problem):
      "\(at): \(problem)"
    case .lastLayerNotFlat(let shape):
      "the last layer yields a map (\(shape)); end with dense, one output a class"
    case .classCount(let outputs, let classes):
      "the last layer has \(outputs) outputs, but the data have \(classes) classes;"
        + " write dense \(classes)"
    case .inputShape(let model, let data):
      "the model takes \(model) images, these are \(data)"
    case .labelOutOfRange(let label, let classes):
      "label \(label) is not one of the \(classes) classes (0…\(classes - 1))"
    case .noExamples:
      "the data set has no examples"
    case .singleExample(let layer):
      "\(layer): measures its values over the examples of a batch, of which there is one; use a batch of"
        + " 2 or more (--batch), and more images than one"
    case .invalidSetting(let what, let allowed):
      "\(what) is out of range; allowed: \(allowed)"
    case .classWeightCount(let weights, let classes):
      "\(weights) class weights for \(classes) classes; give one a class"
    case .notSafetensors(let why):
      "not a safetensors file: \(why)"
    case .damaged(let why):
      "the file is damaged: \(why)"
    case .imageTooLarge(let shape, let side):
      "the model takes \(shape) images; those of models have sides of \(side) pixels at most"
    case .foreign(let why):
      "a safetensors file, but no model of this program: \(why)"
    case .foreignFile(let file):
      file.advice
    case .misfits(let network, let misfits):
      "its tensors are not those of \(network): "
        + misfits.prefix(5).map(\.description).joined(separator: "; ")
        + (misfits.count > 5 ? "; and \(misfits.count - 5) more" : "")
    case .missingTensor(let name):
      "the file has no tensor \(name), which its architecture needs"
    case .noHead(let network, let tensor):
      "the file holds \(network) without its last layer (\(tensor)), so that it names no classes; "
        + "train --from makes one for yours"
    case .unexpectedTensor(let name):
      "the file has a tensor \(name), which its architecture does not know"
    case .tensorShape(let name, let expected, let found):
      "tensor \(name) has the shape \(found); the architecture needs \(expected)"
    case .newerFormat(let version):
      "the file has format version \(version), newer than this program reads; update the program"
    case .notACheckpoint:
      "a model, but no checkpoint: it holds no state of a training run to continue"
    case .resumeMismatch(let what):
      "the checkpoint belongs to another run: \(what) differs; use the same settings and data"
    case .lastLayerNotDense(let name):
      "its last layer is \(name); only a dense layer can be made anew for other classes"
    case .nothingLearns(let layer):
      "with all layers up to \(layer) frozen nothing is left to learn; name an earlier one"
    case .notExportable(let layer):
      "\(layer) can't be written in that format"
    case .unknownLayerName(let name, let known):
      "the model has no layer \"\(name.shortened())\"; it has \(known.joined(separator: ", "))"
    case .notAConvolution(let name):
      "\(name) is no convolution; only convolutions have kernels"
    case .filterOutOfRange(let name, let filters):
      "\(name): filters are numbered from 0 to \(filters - 1)"
    case .notFirstLayer(let name):
      "\(name) does not see the picture but the maps of the layer before it;"
        + " only filters of a first layer can be applied to pictures"
    }
  }
}
