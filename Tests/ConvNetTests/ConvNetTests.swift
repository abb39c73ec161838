import ConvNet
import Testing
